import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Makes the types of @oms/client of the document that `npm run -s api-document client` prints, or with `--check` says whether they are
 * what this makes: `node types.js FOLDER_OF_PACKAGES DOCUMENT [--check]`.
 */
const [, , packages, file, check] = process.argv;
const TYPES = new URL('../../clients/typescript/src/schema.ts', import.meta.url);
const load = createRequire(`${packages}/`);
const { default: openapiTS, astToString } = load('openapi-typescript');
const ts = load('typescript');

const document = readFileSync(file, 'utf8');
const hash = createHash('sha256').update(document).digest('hex');
const made = await openapiTS(document);
const { type } = made.find(({ name }) => name.text === 'components').members[0];
const body = astToString(type.members.map(declared))
  .replaceAll(/components\["schemas"\]\["(\w+)"\]/g, '$1')
  .replaceAll(/^ *\/?\*\*? @enum \{string\}(?: \*\/)?\n/gm, '')
  .replaceAll('@description ', '');
const text = `/** Made by \`npm run client-types\` of the API document; SHA-256 of what it has for this client: ${hash} */

${body}`;

/** The generator makes one type of all schemas. With a type of its own each has a name, in messages of the compiler, too. */
function declared(member) {
  const { factory, SyntaxKind } = ts;
  const name = [[factory.createModifier(SyntaxKind.ExportKeyword)], member.name.text, undefined];
  const declaration = ts.isTypeLiteralNode(member.type)
    ? factory.createInterfaceDeclaration(...name, undefined, member.type.members)
    : factory.createTypeAliasDeclaration(...name, member.type);
  return ts.setSyntheticLeadingComments(declaration, ts.getSyntheticLeadingComments(member));
}

if (check !== '--check') writeFileSync(TYPES, text);
else if (readFileSync(TYPES, 'utf8') !== text) {
  console.error('The types of @oms/client are not those of the API document: `npm run client-types` makes them.');
  process.exitCode = 1;
}
