import type { OmsError, Role } from '@oms/client';
import { useSignal } from '@preact/signals';
import { problemOf } from '../data/api.ts';
import { requestToken } from '../data/requests.ts';
import { signIn } from '../data/session.ts';
import { fieldsOf } from '../ui/fields.ts';
import { Head } from '../ui/head.tsx';
import { ErrorBox } from '../ui/states.tsx';

export function SignIn() {
  const problem = useSignal<OmsError | undefined>(undefined);

  const getToken = async (event: SubmitEvent) => {
    const fields = fieldsOf(event);
    problem.value = await problemOf(async () =>
      signIn(await requestToken(String(fields.get('userId')), fields.get('role') as Role)),
    );
  };
  const takeToken = (event: SubmitEvent) => signIn(String(fieldsOf(event).get('token')).trim());

  return (
    <>
      <Head title="Sign in" lead="This gateway asks who you are. Customers see their own orders, admins everything." />
      <div class="columns">
        <form class="card form" onSubmit={getToken}>
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
        <form class="card form" onSubmit={takeToken}>
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
