import { computed, signal } from '@preact/signals';

const KEPT_AS = 'token';

/** The bearer token, for as long as the tab is open. */
const token = signal<string | null>(sessionStorage.getItem(KEPT_AS));

/** Whether the gateway asks who one is, and was not told, or not any longer. */
export const mustSignIn = signal(false);

export interface Person {
  id: string;
  isAdmin: boolean;
}

/** As the token says; whether that is true is for the gateway to decide. */
export const person = computed<Person | undefined>(() => {
  try {
    const [, claims = ''] = (token.value ?? '').split('.');
    const bytes = Uint8Array.from(atob(claims.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const { sub, roles } = JSON.parse(new TextDecoder().decode(bytes));
    return { id: String(sub), isAdmin: Array.isArray(roles) && roles.includes('admin') };
  } catch {
    return undefined;
  }
});

/** Where nobody is asked who he is, everybody is an operator. */
export const isOperator = computed(() => !mustSignIn.value && person.value?.isAdmin !== false);

export const isSignedIn = computed(() => token.value !== null);

export const authorization = (): Record<string, string> =>
  token.value === null ? {} : { Authorization: `Bearer ${token.value}` };

export function signIn(given: string): void {
  sessionStorage.setItem(KEPT_AS, given);
  token.value = given;
  mustSignIn.value = false;
}

export function signOut(): void {
  sessionStorage.removeItem(KEPT_AS);
  token.value = null;
  mustSignIn.value = true;
}

/** The gateway has refused the token, or missed one. */
export function refused(): void {
  signOut();
}
