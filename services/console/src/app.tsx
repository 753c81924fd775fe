import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AuditView } from './audit/audit-view.tsx';
import { ChaosView } from './chaos/chaos-view.tsx';
import { RunningScenario } from './chaos/running-scenario.tsx';
import { connection } from './data/live.ts';
import { isOperator, mustSignIn, person, signOut } from './data/session.ts';
import { InventoryView } from './inventory/inventory-view.tsx';
import { LiveView } from './live/live-view.tsx';
import { NotificationsView } from './notifications/notifications-view.tsx';
import { OrderView } from './order/order-view.tsx';
import { OrdersView } from './orders/orders-view.tsx';
import { route } from './shell/router.ts';
import { SignIn } from './shell/sign-in.tsx';
import { ThemeToggle } from './shell/theme.tsx';
import { Icon, type IconName } from './ui/icon.tsx';
import { Empty } from './ui/states.tsx';
import { Toasts } from './ui/toast.tsx';
import { CONNECTION } from './words/status.ts';

interface View {
  name: string;
  title: string;
  component: ComponentType;
  forCustomers?: true;
}

const VIEWS: readonly (View & { name: IconName })[] = [
  { name: 'live', title: 'Live', component: LiveView },
  { name: 'orders', title: 'Orders', component: OrdersView, forCustomers: true },
  { name: 'inventory', title: 'Inventory', component: InventoryView, forCustomers: true },
  { name: 'chaos', title: 'Chaos', component: ChaosView },
  { name: 'audit', title: 'Audit', component: AuditView },
  { name: 'notifications', title: 'Messages', component: NotificationsView },
];

export function App() {
  const { view: name, id } = route.value;
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const view = VIEWS.find((one) => one.name === name);
  const title = name === 'orders' && id ? 'Order' : (view?.title ?? 'Not found');

  useEffect(() => {
    document.title = `${title} · Order management`;
    scrollTo(0, 0);
    // A screen reader announces the view after a link. When the page opens, it starts at the top.
    if (!isFirst.current) main.current?.querySelector('h1')?.focus();
    isFirst.current = false;
  }, [title, id]);

  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="side">
        <p class="brand">
          <Icon name="parcel" />
          <span>Order management</span>
        </p>
        <Navigation current={name} />
        <div class="side-foot">
          <ConnectionState />
          <Account />
          <ThemeToggle />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <RunningScenario />
        {mustSignIn.value ? <SignIn /> : <Content view={view} isOrder={name === 'orders' && id !== undefined} />}
      </main>
      <Toasts />
    </div>
  );
}

function Content({ view, isOrder }: { view: View | undefined; isOrder: boolean }) {
  if (!view) {
    return (
      <>
        <h1 tabIndex={-1}>Not found</h1>
        <Empty icon="warn" title="There is no such page.">
          <a href="#/live">See what is going on</a>
        </Empty>
      </>
    );
  }
  if (!view.forCustomers && !isOperator.value) {
    return (
      <>
        <h1 tabIndex={-1}>{view.title}</h1>
        <Empty icon="person" title="This is for operators.">
          You are signed in as a customer. <a href="#/orders">See your orders</a>
        </Empty>
      </>
    );
  }
  return isOrder ? <OrderView key={route.value.id} id={route.value.id as string} /> : <view.component />;
}

function Navigation({ current }: { current: string }) {
  const views = VIEWS.filter(({ forCustomers }) => forCustomers || isOperator.value);
  return (
    <nav aria-label="Views">
      <ul>
        {views.map(({ name, title }) => (
          <li key={name}>
            <a href={`#/${name}`} aria-current={name === current ? 'page' : undefined}>
              <Icon name={name} />
              <span>{title}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ConnectionState() {
  const [tone, text] = CONNECTION[connection.value];
  return (
    <p class={`connection ${tone}`} role="status">
      <span class="lamp" aria-hidden="true" />
      {text}
    </p>
  );
}

function Account() {
  if (!person.value) return null;
  const { id, isAdmin } = person.value;
  return (
    <p class="account">
      <span class="ellipsis" title={id}>
        {id}
        <small>{isAdmin ? 'admin' : 'customer'}</small>
      </span>
      <button type="button" class="quiet small" onClick={signOut}>
        Sign out
      </button>
    </p>
  );
}
