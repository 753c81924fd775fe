import type { OmsError } from '@oms/client';
import type { LiveService } from '@oms/shared/contracts/gateway';
import { useSignal } from '@preact/signals';
import { problemOf } from '../data/api.ts';
import { setChaos } from '../data/requests.ts';
import { Badge } from '../ui/badge.tsx';
import { fieldsOf } from '../ui/fields.ts';
import { ErrorBox } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import { faultsOf, secondsLeft } from '../words/faults.ts';

interface Props {
  name: string;
  service: LiveService;
  isChosen: boolean;
  now: number;
}

/** One service, and a form for its faults. */
export function Disturb({ name, service, isChosen, now }: Props) {
  const problem = useSignal<OmsError | undefined>(undefined);
  const faults = faultsOf(service.chaos);

  const change = async (chaos: Parameters<typeof setChaos>[1], text: string) => {
    problem.value = await problemOf(() => setChaos(name, chaos));
    if (!problem.value) say('ok', text);
  };
  const disturb = (event: SubmitEvent) => {
    const fields = fieldsOf(event);
    const value = (field: string) => Number(fields.get(field));
    const rates = { failureRate: value('fails') / 100, latencyMs: value('slow'), dropRate: value('drops') / 100 };
    return change({ ...rates, ttlSeconds: value('seconds') }, `${name} is disturbed for ${value('seconds')} s.`);
  };

  return (
    <li class={`card disturb ${isChosen ? 'chosen' : ''}`} id={`disturb-${name}`}>
      <div class="disturb-head">
        <h3>{name}</h3>
        {service.chaos === null ? (
          <Badge tone="plain">Not open to chaos</Badge>
        ) : faults ? (
          <Badge tone="bad">{`${faults}, ${secondsLeft(service.chaos, now)} s left`}</Badge>
        ) : (
          <Badge tone="ok">Calm</Badge>
        )}
      </div>
      <form onSubmit={disturb} aria-label={`Disturb ${name}`}>
        <Rate name="fails" label="Fails %" max={100} value={50} />
        <Rate name="slow" label="Slow by ms" max={60_000} value={0} />
        <Rate name="drops" label="Drops answers %" max={100} value={0} />
        <Rate name="seconds" label="For s" min={1} max={3_600} value={30} />
        <div class="button-row">
          <button type="submit" class="small danger">
            Disturb
          </button>
          <button type="button" class="small" onClick={() => change({ enabled: false }, `${name} is calm.`)}>
            Calm
          </button>
        </div>
      </form>
      {problem.value && <ErrorBox problem={problem.value} />}
    </li>
  );
}

interface NumberField {
  name: string;
  label: string;
  min?: number;
  max: number;
  value: number;
}

const Rate = ({ name, label, min = 0, max, value }: NumberField) => (
  <label>
    {label}
    <input name={name} type="number" min={min} max={max} defaultValue={String(value)} required />
  </label>
);
