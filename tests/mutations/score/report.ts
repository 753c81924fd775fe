import type { Verdict, Verdicts } from './verdicts.ts';

/** A line for each file, and every mutant that survived. */
export function reportOf({ all }: Verdicts): { text: string; score: number } {
  const verdicts = [...all.values()];
  const files = [...new Set(verdicts.map(({ file }) => file))];
  const unnoticed = verdicts.filter(({ fate }) => fate === 'survived' || fate === 'not reached');
  const lines = [
    ...files.map((file) =>
      lineOf(
        file,
        verdicts.filter((one) => one.file === file),
      ),
    ),
    lineOf('all', verdicts),
    '',
    ...unnoticed.map(
      ({ file, line, from, to, fate }) => `${file}:${line}  ${plain(from)} → ${plain(to) || 'nothing'}  (${fate})`,
    ),
  ];
  return { text: lines.join('\n'), score: scoreOf(verdicts) };
}

function lineOf(name: string, verdicts: readonly Verdict[]): string {
  const count = (fate: Verdict['fate']) => verdicts.filter((one) => one.fate === fate).length;
  return (
    `${name}: ${scoreOf(verdicts).toFixed(1)} % · ${count('killed')} killed, ${count('hung')} hung, ` +
    `${count('survived')} survived, ${count('not reached')} not reached, ${count('equivalent')} equivalent`
  );
}

function scoreOf(verdicts: readonly Verdict[]): number {
  const counted = verdicts.filter(({ fate }) => fate !== 'equivalent');
  const noticed = counted.filter(({ fate }) => fate === 'killed' || fate === 'hung');
  return counted.length === 0 ? 100 : (noticed.length / counted.length) * 100;
}

const plain = (source: string) => source.replaceAll(/\s+/g, ' ').slice(0, 100);
