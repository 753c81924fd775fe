import { connect } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';

/**
 * One keep-alive connection that sends a request as soon as the answer to the one before is there. It reads no more of an
 * answer than its status and its length, since what the load costs is taken from what it measures.
 */
export class Connection {
  #received = '';
  #missing = 0;
  #sentAt = 0;
  #resolve;
  #reject;

  /** `anew`: each request has a connection of its own after all. */
  constructor(port, requestOf, anew = false) {
    this.port = port;
    this.requestOf = requestOf;
    this.anew = anew;
    this.#open();
  }

  #open() {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#read(text));
    socket.on('error', (error) => this.#reject?.(error));
    socket.on('close', () => socket === this.socket && this.#reject?.(new Error('the connection was closed')));
    this.socket = socket;
  }

  /** Until `isOver` says so; what is under way then is waited for. */
  run(isOver, onAnswer) {
    this.isOver = isOver;
    this.onAnswer = onAnswer;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#next();
    });
  }

  close() {
    this.socket.destroy();
  }

  #next() {
    if (this.isOver()) {
      this.#reject = undefined;
      return this.#resolve();
    }
    this.#sentAt = performance.now();
    this.socket.write(this.requestOf(), 'latin1');
  }

  #read(text) {
    this.#received = this.#received === '' ? text : this.#received + text;
    if (this.#received.length < this.#missing) return;
    const head = this.#received.indexOf(END_OF_HEAD);
    if (head === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received);
    if (!length) return this.#reject(new Error(`an answer without a length: ${this.#received.slice(0, 300)}`));
    this.#missing = head + END_OF_HEAD.length + Number(length[1]);
    if (this.#received.length < this.#missing) return;
    const status = this.#received.slice(9, 12);
    const answer = this.#received;
    this.#received = '';
    this.#missing = 0;
    this.onAnswer(status, performance.now() - this.#sentAt, answer);
    if (this.anew) {
      this.socket.destroy();
      this.#open();
    }
    this.#next();
  }
}
