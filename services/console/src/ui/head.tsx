import type { ComponentChildren } from 'preact';

interface Props {
  title: string;
  lead?: ComponentChildren;
  children?: ComponentChildren;
}

export const Head = ({ title, lead, children }: Props) => (
  <div class="head">
    <h1 tabIndex={-1}>{title}</h1>
    {lead && <p class="lead">{lead}</p>}
    {children}
  </div>
);
