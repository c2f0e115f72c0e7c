import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** What the server counts and measures, in a registry of its own. */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly requests = new Counter({
    name: 'dtm_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers: this.#registers,
  });
  readonly requestDuration = new Histogram({
    name: 'dtm_http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers: this.#registers,
  });
  readonly databaseDuration = new Histogram({
    name: 'dtm_database_transaction_duration_seconds',
    help: 'Time of a transaction, with the wait for its turn.',
    labelNames: ['kind', 'outcome'],
    buckets: seconds,
    registers: this.#registers,
  });
  readonly subscribers = new Gauge({
    name: 'dtm_event_subscribers',
    help: 'Subscribers of the event stream on this process.',
    registers: this.#registers,
  });
  readonly changes = new Gauge({
    name: 'dtm_changes',
    help: 'The number of the newest change.',
    registers: this.#registers,
  });
  readonly sessions = new Gauge({
    name: 'dtm_sessions',
    help: 'Sessions that were not ended.',
    registers: this.#registers,
  });
}
