import { ShipmentLinks } from '@oms/shared/http/shipment-links';
import { realWorld } from '@oms/shared/world';
import { Answers } from '../src/api/answers.ts';

/** As services answer that show each other no token: links need no signature. */
export const answers = new Answers(new ShipmentLinks(undefined, realWorld));
