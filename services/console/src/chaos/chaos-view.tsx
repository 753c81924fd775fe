import { useEffect } from 'preact/hooks';
import { system } from '../data/live.ts';
import { setChaos } from '../data/requests.ts';
import { route } from '../shell/router.ts';
import { Head } from '../ui/head.tsx';
import { Empty, Loading } from '../ui/states.tsx';
import { say } from '../ui/toast.tsx';
import { Disturb } from './disturb.tsx';
import { ScenarioCard } from './scenario-card.tsx';
import { SCENARIOS } from './scenarios.ts';

/** The page itself comes from the gateway, so it is not disturbed. */
const SPARED = 'gateway';

export function ChaosView() {
  const now = system.value;
  const chosen = route.value.query.get('service');
  const isThere = now !== undefined;
  useEffect(() => {
    if (chosen && isThere) document.getElementById(`disturb-${chosen}`)?.scrollIntoView({ block: 'center' });
  }, [chosen, isThere]);

  const services = Object.entries(now?.services ?? {}).filter(([name]) => name !== SPARED);
  const isOpen = services.some(([, { chaos }]) => chaos !== null);
  const calmAll = async () => {
    await Promise.allSettled(services.map(([name]) => setChaos(name, { enabled: false })));
    say('ok', 'All services are calm.');
  };

  return (
    <>
      <Head
        title="Chaos"
        lead="Break things on purpose, and see that every promise is kept. Whatever is disturbed here recovers by itself."
      >
        {isOpen && (
          <button type="button" onClick={calmAll}>
            Calm everything
          </button>
        )}
      </Head>
      {!now && <Loading what="the services" />}
      {now && !isOpen && (
        <Empty icon="chaos" title="The services are not open to chaos.">
          They are with <code>CHAOS_API=true</code>, which <code>npm start</code> sets.
        </Empty>
      )}
      {now && isOpen && (
        <>
          <section aria-labelledby="scenarios">
            <h2 id="scenarios">Scenarios</h2>
            <ul class="scenarios">
              {SCENARIOS.map((scenario) => (
                <ScenarioCard key={scenario.name} scenario={scenario} />
              ))}
            </ul>
          </section>
          <section aria-labelledby="by-hand">
            <h2 id="by-hand">By hand</h2>
            <ul class="scenarios">
              {services.map(([name, service]) => (
                <Disturb key={name} name={name} service={service} isChosen={name === chosen} now={Date.parse(now.at)} />
              ))}
            </ul>
          </section>
        </>
      )}
    </>
  );
}
