import { useSignal } from '@preact/signals';
import { call, isProblem, type Problem } from '../http/api.ts';
import { ErrorBox } from '../ui/states.tsx';
import { signIn } from './session.ts';

export function SignIn() {
  const problem = useSignal<Problem | undefined>(undefined);

  const wish = async (event: SubmitEvent) => {
    event.preventDefault();
    const { userId, role } = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    try {
      const { body } = await call<{ token: string }>('POST', '/auth/token', { body: { userId, roles: [role] } });
      signIn(body.token);
    } catch (error) {
      if (!isProblem(error)) throw error;
      problem.value = error;
    }
  };
  const show = (event: SubmitEvent) => {
    event.preventDefault();
    signIn(String(new FormData(event.currentTarget as HTMLFormElement).get('token')).trim());
  };

  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>Sign in</h1>
        <p class="lead">This gateway asks who you are. Customers see their own orders, admins everything.</p>
      </div>
      <div class="columns">
        <form class="card form" onSubmit={wish}>
          <h2>For development</h2>
          <label>
            Your id
            <input name="userId" required pattern="[A-Za-z0-9_.:\-]{1,64}" autocomplete="username" defaultValue="ada" />
          </label>
          <label>
            Role
            <select name="role">
              <option value="admin">admin</option>
              <option value="customer">customer</option>
            </select>
          </label>
          <button type="submit" class="primary">
            Sign in
          </button>
          {problem.value?.status === 404 && <p class="hint">This gateway issues no tokens: show one instead.</p>}
          {problem.value && problem.value.status !== 404 && <ErrorBox problem={problem.value} />}
        </form>
        <form class="card form" onSubmit={show}>
          <h2>With a token</h2>
          <label>
            Bearer token
            <textarea name="token" required rows={5} class="mono" spellcheck={false} />
          </label>
          <button type="submit">Sign in</button>
        </form>
      </div>
    </>
  );
}
