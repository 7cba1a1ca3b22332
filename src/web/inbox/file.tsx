import { useEffect, useState } from 'preact/hooks';
import type { InboxFile } from '../../presenters/inbox/views.ts';
import { sizeOf } from '../shared/words.ts';
import type { Api } from './model/api.ts';

interface Props {
  readonly file: InboxFile;
  readonly sessionId: string;
  readonly api: Api;
}

type Shown =
  | { readonly kind: 'closed' | 'loading' }
  | { readonly kind: 'image' | 'saved'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * A file of a message. It is fetched only when somebody opens it: its address is whatever the customer's message said, and
 * fetching it tells the other side that it was read.
 */
export function File({ file, sessionId, api }: Props) {
  const { id, name = 'File without a name', type, size } = file;
  const [shown, setShown] = useState<Shown>({ kind: 'closed' });
  const url = 'url' in shown ? shown.url : undefined;
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);

  const open = async () => {
    if (shown.kind !== 'closed' && shown.kind !== 'failed') return setShown({ kind: 'closed' });
    setShown({ kind: 'loading' });
    setShown(await readFile(api, sessionId, file));
  };
  const isOpen = shown.kind === 'image' || shown.kind === 'text';
  return (
    <div class="file">
      <button
        type="button"
        onClick={() => void open()}
        disabled={shown.kind === 'loading'}
        aria-expanded={isOpen}
      >
        <bdi>{name}</bdi>
      </button>
      <span class="aside">{[type, size ? sizeOf(size) : ''].filter(Boolean).join(', ')}</span>
      {shown.kind === 'loading' && <span role="status">Loading</span>}
      {shown.kind === 'failed' && (
        <p class="aside" role="alert">
          {shown.message}
        </p>
      )}
      {shown.kind === 'image' && <img src={shown.url} alt={name} />}
      {shown.kind === 'text' && (
        <p class="words" dir="auto">
          {shown.text}
        </p>
      )}
      {shown.kind === 'saved' && (
        <p class="aside">
          Not a picture and not text.{' '}
          <a href={shown.url} download={safeName(name, id)}>
            Save it
          </a>{' '}
          only if you trust the sender.
        </p>
      )}
    </div>
  );
}

async function readFile(api: Api, sessionId: string, { id }: InboxFile): Promise<Shown> {
  try {
    const path = `/sessions/${encodeURIComponent(sessionId)}/file?${new URLSearchParams({ id })}`;
    const response = await api.fetch(path);
    const kind = response.headers.get('x-file-kind');
    if (kind === 'text') return { kind, text: await response.text() };
    return { kind: kind === 'image' ? kind : 'saved', url: URL.createObjectURL(await response.blob()) };
  } catch (error) {
    return { kind: 'failed', message: (error as Error).message };
  }
}

/** A name that leads nowhere else, and hides no extension. */
function safeName(name: string, id: string): string {
  const kept = name
    .replace(/[^\p{L}\p{N}. _-]/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(-100);
  return kept || `file-${id.slice(0, 8)}`;
}
