import { listen } from './listen.js';

/** Participants that take every request and never answer one. */
listen(() => {});
