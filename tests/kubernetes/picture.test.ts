import { describe, expect, it } from '@jest/globals';
import { parsePicture } from './picture.ts';

const picture = (...lines: string[]) => ['# Title', '```mermaid', 'flowchart LR', ...lines, '```', 'Text'].join('\n');

describe('the diagram of the architecture', () => {
  it('shows which service calls which', () => {
    const lines = ['  order[order :3000] -->|reserve, release| inventory[inventory :3001]', '  gateway --> order'];
    expect(parsePicture(picture(...lines)).calls).toEqual(['order → inventory', 'gateway → order']);
  });

  it('shows which service reads which feed without Kafka', () => {
    expect(parsePicture(picture('  notification -.->|events| order'))).toMatchObject({
      calls: [],
      feeds: ['notification → order'],
    });
  });

  it('shows which services have a store, and which have Redis', () => {
    const lines = ['  order --- so[(store)]', '  gateway --- redis[(Redis, if any)]'];
    expect(parsePicture(picture(...lines))).toMatchObject({ stores: ['order'], redis: ['gateway'], calls: [] });
  });

  it('may have nodes that are no services', () => {
    const lines = ['  client([client]) -->|HTTP| gateway[gateway :8080]', '  payment --> provider{{simulated}}'];
    expect(parsePicture(picture(...lines)).calls).toEqual([]);
  });

  it.each(['order <--> payment', 'order ==> payment', 'order & shipping --> payment', 'order --> payment --> product'])(
    'is rejected if an arrow is ambiguous: %s',
    (line) => {
      expect(() => parsePicture(picture(line))).toThrow(`is not understood: ${line}`);
    },
  );
});
