/**
 * The rules with hours made seconds: every window is ten seconds long, every `for:` one second, and what is written as so
 * many times 60 seconds is three seconds. Everything else stays as it is: the metrics, what is compared, and how much is
 * too much.
 */
export const shortened = (rules: string): string =>
  rules
    .replaceAll(/\[\d+[smhd]\]/g, '[10s]')
    .replaceAll(/^( +for:) \d+[smhd]$/gm, '$1 1s')
    .replaceAll(/\d+ \* 60\b/g, '3');
