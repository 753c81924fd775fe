import type { OmsError } from '@oms/client';
import { fieldsOf } from '../ui/fields.ts';
import { ErrorBox } from '../ui/states.tsx';
import type { Action, Field } from './action.ts';
import { type Choice, fieldOf, type Values } from './choices.ts';

interface Shown {
  action: Action;
  problem: OmsError | undefined;
  onSubmit(values: Values): void;
}

/** What the user is asked before an action, and why it was refused. */
export function ActionForm({ action: { name, label, tone, lines, fields }, problem, onSubmit }: Shown) {
  const submit = (event: SubmitEvent) => onSubmit(Object.fromEntries(fieldsOf(event)) as Values);
  const wrong = problem && fieldBehind(problem);
  return (
    <form key={name} class="card form" onSubmit={submit} aria-label={label}>
      {lines && <Pieces lines={lines} wrong={wrong} />}
      {fields.map((field) => (
        <FormField key={field.name} field={field} wrong={wrong} />
      ))}
      <div class="button-row">
        <button type="submit" class={tone ?? 'primary'}>
          {label}
        </button>
      </div>
      {problem && (
        <div id={REFUSAL} class="refusal">
          <ErrorBox problem={problem} />
        </div>
      )}
    </form>
  );
}

const REFUSAL = 'refusal';

/** The field that a refusal is about. */
function fieldBehind(problem: OmsError): string | undefined {
  if (problem.is('QUANTITY_TOO_HIGH')) return fieldOf(problem.problem.lineId);
  return problem.is('AMOUNT_TOO_HIGH') ? 'amount' : undefined;
}

const marks = (name: string, wrong: string | undefined) =>
  name === wrong ? ({ 'aria-invalid': 'true', 'aria-describedby': REFUSAL } as const) : {};

function Pieces({ lines, wrong }: { lines: readonly Choice[]; wrong: string | undefined }) {
  return (
    <fieldset onInput={({ currentTarget }) => mustChooseOne(currentTarget)}>
      <legend>How many of each</legend>
      {lines.map(({ lineId, name, most }) => (
        <label key={lineId}>
          <span>
            {name} <span class="muted">(of {most})</span>
          </span>
          <input
            {...{
              name: fieldOf(lineId),
              type: 'number',
              min: 0,
              max: most,
              required: true,
              defaultValue: String(most),
            }}
            {...marks(fieldOf(lineId), wrong)}
          />
        </label>
      ))}
    </fieldset>
  );
}

function mustChooseOne(lines: HTMLFieldSetElement): void {
  const inputs = [...lines.querySelectorAll('input')];
  const isNone = inputs.every(({ value }) => Number(value) === 0);
  inputs[0]?.setCustomValidity(isNone ? 'Choose at least one piece.' : '');
}

function FormField({ field, wrong }: { field: Field; wrong: string | undefined }) {
  const { name, label, options, isRequired = false, isCheck, step, initial = '' } = field;
  if (isCheck) {
    return (
      <label class="check">
        <input name={name} type="checkbox" defaultChecked={initial !== ''} /> {label}
      </label>
    );
  }
  if (!options) {
    const amount = step === undefined ? {} : ({ type: 'number', min: step, step } as const);
    return (
      <label>
        {label}
        <input name={name} required={isRequired} defaultValue={initial} {...amount} {...marks(name, wrong)} />
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
