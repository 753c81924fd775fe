import { computed, signal } from '@preact/signals';

const KEPT_AS = 'token';

/** The bearer token. It is kept until the tab is closed. */
export const token = signal<string | null>(sessionStorage.getItem(KEPT_AS));

/** The gateway requires a token, and the page has none that it accepts. */
export const mustSignIn = signal(false);

interface Person {
  id: string;
  isAdmin: boolean;
}

/** Who the token says the user is. Whether that is true, the gateway checks. */
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

/** Where the gateway requires no token, every user is an operator. */
export const isOperator = computed(() => !mustSignIn.value && person.value?.isAdmin !== false);

export const isSignedIn = computed(() => token.value !== null);

export function signIn(given: string): void {
  sessionStorage.setItem(KEPT_AS, given);
  token.value = given;
  mustSignIn.value = false;
}

/** On request of the user, or because the gateway refused the token or found none. */
export function signOut(): void {
  sessionStorage.removeItem(KEPT_AS);
  token.value = null;
  mustSignIn.value = true;
}
