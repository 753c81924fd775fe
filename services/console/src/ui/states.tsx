import type { OmsError } from '@oms/client';
import type { ComponentChildren } from 'preact';
import { detailOf } from '../data/api.ts';
import type { Loaded } from '../data/use-loaded.ts';
import { Icon, type IconName } from './icon.tsx';

export function Loading({ what }: { what: string }) {
  return (
    <div class="state" role="status">
      <span class="bars" aria-hidden="true" />
      <p>Loading {what}…</p>
    </div>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={icon} />
      <p class="state-title">{title}</p>
      {children && <div class="hint">{children}</div>}
    </div>
  );
}

export function ErrorBox({ problem, retry }: { problem: OmsError; retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <Icon name="warn" />
      <div>
        <p>{detailOf(problem)}</p>
        {problem.problem.errors?.map(({ path, message }) => (
          <p key={path + message} class="hint">
            {path}: {message}
          </p>
        ))}
        <p class="hint mono">
          {problem.status > 0 && `${problem.status} `}
          {problem.code}
        </p>
      </div>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

interface Shows<T> {
  loaded: Loaded<T>;
  what: string;
  children: (value: T) => ComponentChildren;
}

/** The loaded value, or why there is none yet. An old value is still shown beside a problem. */
export function Show<T>({ loaded: { value, problem, reload }, what, children }: Shows<T>) {
  return (
    <>
      {problem.value && <ErrorBox problem={problem.value} retry={reload} />}
      {value.value !== undefined && children(value.value)}
      {value.value === undefined && !problem.value && <Loading what={what} />}
    </>
  );
}
