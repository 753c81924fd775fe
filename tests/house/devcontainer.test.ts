import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isPinned } from '../supply-chain/pins.ts';
import { PROJECT } from '../support/project.ts';

const jsonOf = (file: string) => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));
const container = jsonOf('.devcontainer/devcontainer.json');
/** The scripts are JavaScript, so that they run before anything is built. */
const SCRIPT: string = '../../scripts/services.js';
const { chooseServices } = (await import(SCRIPT)) as {
  chooseServices(names: string[], env: Record<string, string>): { name: string; port: number }[];
};

describe('the container for development', () => {
  it('has the Node of the images, on a Linux that the PostgreSQL of npm runs on', () => {
    expect(isPinned(container.image)).toBe(true);
    expect(container.image).toMatch(`node:${jsonOf('versions.json').node}-bookworm@`);
  });

  it('pins each feature to a version', () => {
    const features = Object.keys(container.features);
    expect(features.length).toBeGreaterThan(0);
    expect(features.filter((feature) => !/:\d+\.\d+\.\d+$/.test(feature))).toEqual([]);
  });

  it('installs what is locked, as a user that is not root', () => {
    expect(container).toMatchObject({ postCreateCommand: 'npm ci', remoteUser: 'node' });
  });

  it('forwards the ports that npm start prints, each with the name of its service', () => {
    const services = chooseServices([], {});
    expect([...container.forwardPorts].sort()).toEqual(services.map(({ port }) => port).sort());
    for (const { name, port } of services)
      expect(container.portsAttributes[port].label).toMatch(new RegExp(`^${name}\\b`));
  });
});
