#!/usr/bin/env node
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Writes the rules as Prometheus's operator takes them: `node ops/prometheus/operator.js`; with `--print` it only shows them. */
const RULES = new URL('rules/', import.meta.url);
const MADE = new URL('../../k8s/prometheus-operator/rules.yaml', import.meta.url);
const HEAD = `# Made by ops/prometheus/operator.js from ops/prometheus/rules.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: rules
spec:
  groups:
`;

const groupsOf = (file) => readFileSync(new URL(file, RULES), 'utf8').split(/^groups:\n/m)[1];
const indented = (text) => text.replaceAll(/^(?=.)/gm, '  ');
const made = HEAD + readdirSync(RULES).sort().map(groupsOf).map(indented).join('');

if (process.argv.includes('--print')) process.stdout.write(made);
else writeFileSync(MADE, made);
