import { render } from 'preact';
import { App } from './app.tsx';
import { startLive } from './data/live.ts';
import { startRouting } from './shell/router.ts';

startRouting();
startLive();
render(<App />, document.getElementById('app') as HTMLElement);
