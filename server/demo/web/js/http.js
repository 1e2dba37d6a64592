// Requests to our own server, and their failures in words.

const answerWithin = 15_000; // ms; a network may swallow a request without a word

/** A failed request. code is stable; message is a sentence for a person. */
export class RequestError extends Error {
  /**
   * @param {number} status  0 when there was no answer
   * @param {string} code
   * @param {string} message
   * @param {{code: string, taskSid: string}} [running]
   */
  constructor(status, code, message, running) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.running = running;
  }
}

/**
 * Sends a request and reads the JSON answer; undefined for an empty one.
 * @param {'GET'|'POST'} method
 * @param {string} path
 * @param {{body?: unknown, file?: File, token?: string}} [options]  a file has all the time that it takes
 * @returns {Promise<any>}
 */
export async function request(method, path, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.file) headers['Content-Type'] = options.file.type || 'application/octet-stream';
  if (options.token) headers.Authorization = `Bearer ${options.token}`;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: options.file ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      cache: 'no-store',
      signal: options.file ? null : AbortSignal.timeout(answerWithin),
    });
  } catch {
    throw new RequestError(0, 'offline', 'The server does not answer. Is it still running?');
  }
  const text = await answer.text();
  let data;
  try {
    data = text ? JSON.parse(text) : undefined;
  } catch {
    data = undefined;
  }
  if (!answer.ok) {
    throw new RequestError(
      answer.status,
      data?.code ?? 'internal',
      data?.message ?? `The server answered with status ${answer.status}.`,
      data?.running,
    );
  }
  return data;
}

/**
 * What to tell a person about an error of any kind.
 * @param {unknown} err
 */
export function wordsFor(err) {
  if (err instanceof RequestError) return err.message;
  console.error(err);
  return 'Something went wrong on this page. Reload it and try again.';
}
