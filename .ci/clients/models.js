import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Makes models of an AsyncAPI document, and says which of them have no name: `node models.js FOLDER_OF_PACKAGES DOCUMENT`. */
const [, , packages, file] = process.argv;
const { TypeScriptGenerator } = createRequire(`${packages}/`)('@asyncapi/modelina');
const models = await new TypeScriptGenerator().generate(JSON.parse(readFileSync(file, 'utf8')));
const unnamed = models.filter(({ modelName }) => modelName.startsWith('Anonymous'));
for (const { modelName, result } of unnamed) console.log(`no name: ${modelName}\n${result}`);
console.log(`${models.length} models of events, ${unnamed.length} without a name`);
process.exitCode = models.length > 0 && unnamed.length === 0 ? 0 : 1;
