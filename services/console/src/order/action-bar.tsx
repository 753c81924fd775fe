import { useSignal } from '@preact/signals';
import { call, type Problem, problemOf } from '../data/api.ts';
import { isSignedIn } from '../data/session.ts';
import { Copy } from '../ui/copy.tsx';
import { fieldsOf } from '../ui/fields.ts';
import { ErrorBox } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import type { Action, Field } from './actions.ts';
import { curlOf } from './curl.ts';

/** A button for each action. An action with fields opens a form first. */
export function ActionBar({ actions, onDone }: { actions: readonly Action[]; onDone(): void }) {
  const asking = useSignal<string | undefined>(undefined);
  const busy = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);

  const carryOut = async ({ name, label, request }: Action, values: Record<string, string>) => {
    const { method, path, body } = request(values);
    busy.value = name;
    problem.value = undefined;
    try {
      problem.value = await problemOf(() => call(method, path, { body }));
      if (problem.value) return;
      asking.value = undefined;
      say('ok', `${label}: done.`);
      onDone();
    } finally {
      busy.value = undefined;
    }
  };
  const choose = (action: Action) => {
    if (action.fields.length === 0) return carryOut(action, {});
    asking.value = asking.value === action.name ? undefined : action.name;
  };

  const asked = actions.find(({ name }) => name === asking.value);
  return (
    <section aria-label="Actions" class="actions">
      <div class="button-row">
        {actions.map((action) => (
          <button
            key={action.name}
            type="button"
            class={action.tone}
            disabled={busy.value !== undefined}
            aria-expanded={action.fields.length > 0 ? action.name === asking.value : undefined}
            onClick={() => choose(action)}
          >
            {busy.value === action.name ? `${action.label}…` : action.label}
          </button>
        ))}
      </div>
      {asked && <Questions action={asked} onAnswer={(values) => carryOut(asked, values)} />}
      {problem.value && <ErrorBox problem={problem.value} />}
      {actions.length > 0 && <Requests actions={actions} />}
    </section>
  );
}

function Questions({ action, onAnswer }: { action: Action; onAnswer(values: Record<string, string>): void }) {
  const submit = (event: SubmitEvent) => onAnswer(Object.fromEntries(fieldsOf(event)) as Record<string, string>);
  return (
    <form key={action.name} class="card form questions" onSubmit={submit} aria-label={action.label}>
      {action.fields.map((field) => (
        <Question key={field.name} field={field} />
      ))}
      <div class="button-row">
        <button type="submit" class={action.tone ?? 'primary'}>
          {action.label}
        </button>
      </div>
    </form>
  );
}

function Question({ field: { name, label, options, isRequired, initial } }: { field: Field }) {
  if (!options) {
    return (
      <label>
        {label}
        <input name={name} required={isRequired} defaultValue={initial ?? ''} />
      </label>
    );
  }
  return (
    <label>
      {label}
      <select name={name}>
        {options.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
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
          const initial = (field: Field) => field.initial ?? field.options?.[0] ?? (field.isRequired ? 'why' : '');
          const asked = request(Object.fromEntries(fields.map((field) => [field.name, initial(field)])));
          const curl = curlOf(asked, origin, isSignedIn.value);
          return (
            <li key={name}>
              <p>{label}</p>
              <code>{curl}</code>
              <div class="button-row">
                <Copy text={curl} label="Copy curl" />
                {asked.body !== undefined && <Copy text={JSON.stringify(asked.body, null, 2)} label="Copy JSON" />}
              </div>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
