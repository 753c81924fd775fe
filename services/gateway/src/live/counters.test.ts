import { describe, expect, it } from '@jest/globals';
import { countersIn, growth } from './counters.ts';

const METRICS = `# HELP http_request_duration_seconds Duration of HTTP requests by route pattern
http_request_duration_seconds_bucket{le="0.001",service="order",method="POST",route="/orders",status="201"} 7
http_request_duration_seconds_count{service="order",method="POST",route="/orders",status="201"} 40
http_request_duration_seconds_count{service="order",method="POST",route="/orders",status="503"} 3
http_request_duration_seconds_count{service="order",method="POST",route="/orders",status="499"} 2
http_request_duration_seconds_count{service="order",method="GET",route="/orders/{id}",status="499"} 5
orders_total{status="PENDING",service="order"} 43
orders_total{status="REJECTED",service="order"} 3
sagas_unfinished{state="running",service="order"} 2
sagas_unfinished{state="stuck",service="order"} 1
orders_value_total{status="PENDING",currency="USD",service="order"} 4711.5
`;

describe('what a service counts', () => {
  const counters = countersIn(METRICS);

  it('is read from its metrics', () => {
    expect(counters.requests).toBe(50);
    expect(counters.orders).toEqual({ PENDING: 43, REJECTED: 3 });
    expect(counters.sagas).toEqual({ running: 2, stuck: 1 });
  });

  it('counts 5xx and writes without an answer as errors, but not a reader that left', () => {
    expect(counters.errors).toBe(5);
  });

  it('has grown by its whole value after a restart', () => {
    expect([growth(12, 10), growth(10, 10), growth(3, 10)]).toEqual([2, 0, 3]);
  });
});
