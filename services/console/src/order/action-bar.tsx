import type { OmsError } from '@oms/client';
import { useSignal } from '@preact/signals';
import { oms, problemOf } from '../data/api.ts';
import { isSignedIn } from '../data/session.ts';
import { Copy } from '../ui/copy.tsx';
import { ErrorBox } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import type { Action, Field } from './action.ts';
import { ActionForm } from './action-form.tsx';
import type { Values } from './choices.ts';
import { curlOf } from './curl.ts';

/** A button for each action. An action with fields opens a form first. */
export function ActionBar({ actions, onDone }: { actions: readonly Action[]; onDone(): void }) {
  const openName = useSignal<string | undefined>(undefined);
  const busy = useSignal<string | undefined>(undefined);
  const problem = useSignal<OmsError | undefined>(undefined);

  const carryOut = async ({ name, label, request }: Action, values: Values) => {
    const { method, path, body } = request(values);
    busy.value = name;
    problem.value = undefined;
    try {
      problem.value = await problemOf(() => oms().request(method, path, { body }));
      // The order has changed meanwhile, perhaps.
      if (problem.value?.status === 409) onDone();
      if (problem.value) return;
      openName.value = undefined;
      say('ok', `${label}: done.`);
      onDone();
    } finally {
      busy.value = undefined;
    }
  };
  const choose = (action: Action) => {
    problem.value = undefined;
    if (action.fields.length === 0) return carryOut(action, {});
    openName.value = openName.value === action.name ? undefined : action.name;
  };

  const opened = actions.find(({ name }) => name === openName.value);
  return (
    <section aria-label="Actions" class="actions">
      <div class="button-row">
        {actions.map((action) => (
          <button
            key={action.name}
            type="button"
            class={action.tone}
            disabled={busy.value !== undefined}
            aria-expanded={action.fields.length > 0 ? action.name === openName.value : undefined}
            onClick={() => choose(action)}
          >
            {busy.value === action.name ? `${action.label}…` : action.label}
          </button>
        ))}
      </div>
      {opened && <ActionForm action={opened} problem={problem.value} onSubmit={(values) => carryOut(opened, values)} />}
      {!opened && problem.value && <ErrorBox problem={problem.value} />}
      {actions.length > 0 && <Requests actions={actions} />}
    </section>
  );
}

/** The same actions as requests to the API. */
function Requests({ actions }: { actions: readonly Action[] }) {
  const origin = new URL('.', location.href).href.replace(/\/$/, '');
  return (
    <details class="requests">
      <summary>As requests</summary>
      <ul>
        {actions.map(({ name, label, fields, request }) => {
          const initial = ({ initial: given, example, options, isRequired }: Field) =>
            given ?? example ?? options?.[0] ?? (isRequired ? 'why' : '');
          const example = request(Object.fromEntries(fields.map((field) => [field.name, initial(field)])));
          const curl = curlOf(example, origin, isSignedIn.value);
          return (
            <li key={name}>
              <p>{label}</p>
              <code>{curl}</code>
              <div class="button-row">
                <Copy text={curl} label="Copy curl" />
                {example.body !== undefined && <Copy text={JSON.stringify(example.body, null, 2)} label="Copy JSON" />}
              </div>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
