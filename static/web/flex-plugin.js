// @ts-check
// The plugin that brings Escalate into Twilio Flex UI 2: a Video icon in a chat
// Task's header, the tab Video Room, and the rule that an agent leaves the call
// before the Task is closed. Plain JavaScript for Flex to load as it is; nothing
// is put on window.
//
// Flex takes an agent's tabs down whenever another Task is selected, and an
// iframe that is moved in the document reloads. So the call lives in one iframe
// of our own under <body>, which is laid over the tab's place while the agent
// looks at it and becomes a small window while they look elsewhere.
//
// What agents read are Flex strings (manager.strings), so that an installation
// can change them: set a key before this plugin is loaded, or any time later.
(() => {
  'use strict';

  /**
   * @typedef {import('@twilio/flex-ui')} Flex
   * @typedef {import('@twilio/flex-ui').Manager} Manager
   * @typedef {import('@twilio/flex-ui').ITask} Task
   */
  /**
   * An agent's view of an escalation, as the server's wire.Escalation.
   * @typedef {object} Escalation
   * @property {string} code
   * @property {'invited'|'open'|'in_call'|'ended'|'expired'} status
   * @property {string} taskSid
   * @property {string} joinUrl
   * @property {string} invite  text for the chat, with the link in it
   * @property {boolean} resumed
   */
  /** @typedef {{mayWrapUp: boolean, reason?: string, escalation?: Escalation}} Check  as wire.Task */
  /** @typedef {'idle'|'joining'|'in_call'|'reconnecting'|'left'} Phase */
  /** @typedef {{code: string, taskSid: string}} Running */
  /**
   * A message between this plugin and the page in the iframe, as wire.Bridge.
   * @typedef {object} Bridge
   * @property {1} escalate  version
   * @property {'ready'|'token'|'open'|'state'|'mute'|'leave'|'left'} type
   * @property {string} [token]
   * @property {string} [taskSid]
   * @property {string} [code]
   * @property {Phase} [phase]
   * @property {boolean} [muted]
   */

  const name = 'plugin-escalate';
  const bridgeVersion = 1;
  const tabName = 'video-room';
  const leaveTimeout = 8000; // ms; a page that is stuck must not keep the agent from closing the Task
  const checkTimeout = 4000; // ms; nor must a server that does not answer

  // The server that serves this script is the one that makes the calls.
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const base = (script?.src ?? '').replace(/\/static\/flex-plugin\.js.*$/, '');
  const origin = base && new URL(base).origin;

  // Features of the browser that the page in the iframe needs, for our origin only.
  const allow = ['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'picture-in-picture',
    'speaker-selection', 'clipboard-write', 'screen-wake-lock'].map((f) => `${f} ${origin}`).join('; ');

  // ---- Words

  /** @type {Record<string, Record<string, string>>} */
  const words = {
    en: {
      EscalateVideoStart: 'Start video', EscalateVideoStarting: 'Starting video…', EscalateVideoMore: 'Video: more',
      EscalateVideoTab: 'Video Room', EscalateVideoResend: 'Send the link again', EscalateVideoOpen: 'Open the Video Room',
      EscalateVideoMenu: 'Video call', EscalateVideoNone: 'No video session yet.',
      EscalateVideoNoneHint: 'The customer gets a link in the chat; the room opens here.',
      EscalateVideoNoneSupervisor: 'This agent is in no video call with the customer.',
      EscalateVideoElsewhere: 'You are in a video call with {{name}}. One call at a time: leave that one before you start another.',
      EscalateVideoBack: 'Back to the call', EscalateVideoClosed: 'This conversation is being closed; no video call can begin.',
      EscalateVideoSentAgain: 'The link was sent again.', EscalateVideoNotSent: 'The link could not be posted into the chat. Try again.',
      EscalateVideoOffline: 'The video server does not answer. Try again in a moment.',
      EscalateVideoInCall: 'You are still in the video call. Leave it first.',
      EscalateVideoLeaveWrapup: 'Leave and wrap up', EscalateVideoLeaveComplete: 'Leave and complete',
      EscalateVideoLeaveGo: 'Leave and go on',
      EscalateVideoStuck: 'The video call could not be left. Try again in a moment.',
      EscalateVideoMute: 'Mute', EscalateVideoUnmute: 'Unmute', EscalateVideoLeave: 'Leave the call',
      EscalateVideoMove: 'Move this window to the next corner', EscalateVideoWith: 'Video call with {{name}}',
      EscalateVideoCustomer: 'another customer', EscalateVideoLoading: 'Loading…', EscalateVideoRetry: 'Try again',
    },
    es: {
      EscalateVideoStart: 'Iniciar vídeo', EscalateVideoStarting: 'Iniciando vídeo…', EscalateVideoMore: 'Vídeo: más',
      EscalateVideoTab: 'Sala de vídeo', EscalateVideoResend: 'Enviar el enlace otra vez', EscalateVideoOpen: 'Abrir la sala de vídeo',
      EscalateVideoMenu: 'Videollamada', EscalateVideoNone: 'Todavía no hay sesión de vídeo.',
      EscalateVideoNoneHint: 'El cliente recibe un enlace en el chat; la sala se abre aquí.',
      EscalateVideoNoneSupervisor: 'Este agente no está en ninguna videollamada con el cliente.',
      EscalateVideoElsewhere: 'Está en una videollamada con {{name}}. Solo una a la vez: salga de esa antes de empezar otra.',
      EscalateVideoBack: 'Volver a la llamada', EscalateVideoClosed: 'Esta conversación se está cerrando; no se puede iniciar una videollamada.',
      EscalateVideoSentAgain: 'El enlace se ha enviado otra vez.', EscalateVideoNotSent: 'No se pudo publicar el enlace en el chat. Inténtelo de nuevo.',
      EscalateVideoOffline: 'El servidor de vídeo no responde. Inténtelo de nuevo en un momento.',
      EscalateVideoInCall: 'Todavía está en la videollamada. Salga primero.',
      EscalateVideoLeaveWrapup: 'Salir y finalizar', EscalateVideoLeaveComplete: 'Salir y completar',
      EscalateVideoLeaveGo: 'Salir y continuar',
      EscalateVideoStuck: 'No se pudo salir de la videollamada. Inténtelo de nuevo en un momento.',
      EscalateVideoMute: 'Silenciar', EscalateVideoUnmute: 'Activar micrófono', EscalateVideoLeave: 'Salir de la llamada',
      EscalateVideoMove: 'Mover esta ventana a la esquina siguiente', EscalateVideoWith: 'Videollamada con {{name}}',
      EscalateVideoCustomer: 'otro cliente', EscalateVideoLoading: 'Cargando…', EscalateVideoRetry: 'Reintentar',
    },
    de: {
      EscalateVideoStart: 'Video starten', EscalateVideoStarting: 'Video wird gestartet…', EscalateVideoMore: 'Video: mehr',
      EscalateVideoTab: 'Videoraum', EscalateVideoResend: 'Link noch einmal senden', EscalateVideoOpen: 'Videoraum öffnen',
      EscalateVideoMenu: 'Videoanruf', EscalateVideoNone: 'Noch kein Videoanruf.',
      EscalateVideoNoneHint: 'Die Kundin oder der Kunde bekommt einen Link in den Chat; der Raum öffnet sich hier.',
      EscalateVideoNoneSupervisor: 'Hier läuft kein Videoanruf.',
      EscalateVideoElsewhere: 'Sie sind im Videoanruf mit {{name}}. Nur einer zur selben Zeit: Verlassen Sie ihn, bevor Sie einen anderen beginnen.',
      EscalateVideoBack: 'Zurück zum Anruf', EscalateVideoClosed: 'Dieses Gespräch wird gerade beendet; ein Videoanruf ist nicht mehr möglich.',
      EscalateVideoSentAgain: 'Der Link wurde noch einmal gesendet.', EscalateVideoNotSent: 'Der Link konnte nicht in den Chat geschrieben werden. Versuchen Sie es noch einmal.',
      EscalateVideoOffline: 'Der Videoserver antwortet nicht. Versuchen Sie es gleich noch einmal.',
      EscalateVideoInCall: 'Sie sind noch im Videoanruf. Verlassen Sie ihn zuerst.',
      EscalateVideoLeaveWrapup: 'Verlassen und nachbearbeiten', EscalateVideoLeaveComplete: 'Verlassen und abschließen',
      EscalateVideoLeaveGo: 'Verlassen und fortfahren',
      EscalateVideoStuck: 'Der Videoanruf konnte nicht verlassen werden. Versuchen Sie es gleich noch einmal.',
      EscalateVideoMute: 'Stumm schalten', EscalateVideoUnmute: 'Ton einschalten', EscalateVideoLeave: 'Anruf verlassen',
      EscalateVideoMove: 'Dieses Fenster in die nächste Ecke setzen', EscalateVideoWith: 'Videoanruf mit {{name}}',
      EscalateVideoCustomer: 'jemand anderem', EscalateVideoLoading: 'Wird geladen…', EscalateVideoRetry: 'Noch einmal versuchen',
    },
    fr: {
      EscalateVideoStart: 'Démarrer la vidéo', EscalateVideoStarting: 'Démarrage de la vidéo…', EscalateVideoMore: 'Vidéo : plus',
      EscalateVideoTab: 'Salle vidéo', EscalateVideoResend: 'Renvoyer le lien', EscalateVideoOpen: 'Ouvrir la salle vidéo',
      EscalateVideoMenu: 'Appel vidéo', EscalateVideoNone: 'Pas encore de session vidéo.',
      EscalateVideoNoneHint: 'Le client reçoit un lien dans le chat ; la salle s’ouvre ici.',
      EscalateVideoNoneSupervisor: 'Cet agent n’est dans aucun appel vidéo avec le client.',
      EscalateVideoElsewhere: 'Vous êtes en appel vidéo avec {{name}}. Un seul appel à la fois : quittez-le avant d’en commencer un autre.',
      EscalateVideoBack: 'Revenir à l’appel', EscalateVideoClosed: 'Cette conversation se termine ; aucun appel vidéo ne peut commencer.',
      EscalateVideoSentAgain: 'Le lien a été renvoyé.', EscalateVideoNotSent: 'Le lien n’a pas pu être publié dans le chat. Réessayez.',
      EscalateVideoOffline: 'Le serveur vidéo ne répond pas. Réessayez dans un instant.',
      EscalateVideoInCall: 'Vous êtes encore dans l’appel vidéo. Quittez-le d’abord.',
      EscalateVideoLeaveWrapup: 'Quitter et clôturer', EscalateVideoLeaveComplete: 'Quitter et terminer',
      EscalateVideoLeaveGo: 'Quitter et continuer',
      EscalateVideoStuck: 'Impossible de quitter l’appel vidéo. Réessayez dans un instant.',
      EscalateVideoMute: 'Couper le micro', EscalateVideoUnmute: 'Activer le micro', EscalateVideoLeave: 'Quitter l’appel',
      EscalateVideoMove: 'Déplacer cette fenêtre vers le coin suivant', EscalateVideoWith: 'Appel vidéo avec {{name}}',
      EscalateVideoCustomer: 'un autre client', EscalateVideoLoading: 'Chargement…', EscalateVideoRetry: 'Réessayer',
    },
    pt: {
      EscalateVideoStart: 'Iniciar vídeo', EscalateVideoStarting: 'Iniciando vídeo…', EscalateVideoMore: 'Vídeo: mais',
      EscalateVideoTab: 'Sala de vídeo', EscalateVideoResend: 'Enviar o link de novo', EscalateVideoOpen: 'Abrir a sala de vídeo',
      EscalateVideoMenu: 'Chamada de vídeo', EscalateVideoNone: 'Ainda não há sessão de vídeo.',
      EscalateVideoNoneHint: 'O cliente recebe um link no chat; a sala abre aqui.',
      EscalateVideoNoneSupervisor: 'Este atendente não está em nenhuma chamada de vídeo com o cliente.',
      EscalateVideoElsewhere: 'Você está em uma chamada de vídeo com {{name}}. Uma de cada vez: saia dela antes de começar outra.',
      EscalateVideoBack: 'Voltar à chamada', EscalateVideoClosed: 'Esta conversa está sendo encerrada; não é possível iniciar uma chamada de vídeo.',
      EscalateVideoSentAgain: 'O link foi enviado de novo.', EscalateVideoNotSent: 'Não foi possível publicar o link no chat. Tente de novo.',
      EscalateVideoOffline: 'O servidor de vídeo não responde. Tente de novo em instantes.',
      EscalateVideoInCall: 'Você ainda está na chamada de vídeo. Saia dela primeiro.',
      EscalateVideoLeaveWrapup: 'Sair e finalizar', EscalateVideoLeaveComplete: 'Sair e concluir',
      EscalateVideoLeaveGo: 'Sair e continuar',
      EscalateVideoStuck: 'Não foi possível sair da chamada de vídeo. Tente de novo em instantes.',
      EscalateVideoMute: 'Silenciar', EscalateVideoUnmute: 'Ativar microfone', EscalateVideoLeave: 'Sair da chamada',
      EscalateVideoMove: 'Mover esta janela para o próximo canto', EscalateVideoWith: 'Chamada de vídeo com {{name}}',
      EscalateVideoCustomer: 'outro cliente', EscalateVideoLoading: 'Carregando…', EscalateVideoRetry: 'Tentar de novo',
    },
  };

  /** @param {Manager} manager */
  function languageOf(manager) {
    const set = /** @type {{language?: string}} */ (manager.configuration ?? {}).language;
    return (set || navigator.language || 'en').toLowerCase();
  }

  /**
   * Adds our words to Flex's, those that an installation has set excepted.
   * @param {Manager} manager
   */
  function teach(manager) {
    const own = words[languageOf(manager).split('-')[0]] ?? words.en;
    const strings = /** @type {Record<string, string>} */ (/** @type {unknown} */ (manager.strings));
    for (const [key, text] of Object.entries(own)) strings[key] ??= text;
  }

  // ---- The server

  /** What the server, or the way to it, has to say against something. */
  class Refusal extends Error {
    /**
     * @param {string} code one of wire.Code, or "offline"
     * @param {string} message a sentence for the agent
     * @param {Running} [running]
     */
    constructor(code, message, running) {
      super(message);
      this.code = code;
      this.running = running;
    }
  }

  class Server {
    /**
     * @param {() => string} token the Flex token of this moment
     * @param {(key: string) => string} say
     */
    constructor(token, say) {
      this.token = token;
      this.say = say;
    }

    /** @param {string} taskSid @param {string} lang @returns {Promise<Escalation>} */
    escalate(taskSid, lang) {
      return this.#call('POST', '/api/escalations', { taskSid, lang });
    }

    /** @param {string} taskSid @returns {Promise<Check>} */
    check(taskSid) {
      return this.#call('GET', `/api/tasks/${encodeURIComponent(taskSid)}`, undefined, checkTimeout);
    }

    /** Ends an escalation for everyone; one that is over already is no error. @param {string} code */
    async end(code) {
      try {
        await this.#call('POST', `/api/escalations/${encodeURIComponent(code)}/end`, {});
      } catch (err) {
        if (!(err instanceof Refusal) || !['ended', 'expired', 'unknown_code'].includes(err.code)) throw err;
      }
    }

    /** @param {string} method @param {string} path @param {unknown} [body] @param {number} [within] ms */
    async #call(method, path, body, within = 15000) {
      let answer;
      try {
        answer = await fetch(base + path, {
          method,
          mode: 'cors',
          credentials: 'omit',
          signal: AbortSignal.timeout(within),
          headers: { Authorization: `Bearer ${this.token()}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
          body: body ? JSON.stringify(body) : undefined,
        });
      } catch {
        throw new Refusal('offline', this.say('EscalateVideoOffline'));
      }
      const got = await answer.json().catch(() => ({}));
      if (answer.ok) return got;
      throw new Refusal(got.code ?? 'internal', got.message || this.say('EscalateVideoOffline'), got.running);
    }
  }

  /** @param {Escalation | null | undefined} e */
  const isLive = (e) => Boolean(e) && e?.status !== 'ended' && e?.status !== 'expired';

  // ---- The call's window

  const styles = `
    .escalate-room { position: fixed; z-index: 900; display: flex; flex-direction: column; background: #fff; color: #121c2d; overflow: hidden; }
    .escalate-room[data-place=hidden] { visibility: hidden; pointer-events: none; width: 1px; height: 1px; left: 0; bottom: 0; }
    .escalate-room[data-place=floating] { width: 320px; height: 304px; border-radius: 8px; z-index: 1250; box-shadow: 0 0 0 1px rgba(18,28,45,.25), 0 8px 24px rgba(18,28,45,.35); }
    .escalate-room iframe { flex: 1; width: 100%; border: 0; background: inherit; }
    .escalate-room[data-dragging] iframe { pointer-events: none; }
    .escalate-bar { display: none; align-items: center; gap: 4px; padding: 4px 4px 4px 12px; background: #121c2d; color: #fff; font: 500 13px/1.3 Inter, system-ui, sans-serif; cursor: move; touch-action: none; }
    .escalate-room[data-place=floating] .escalate-bar { display: flex; }
    .escalate-bar span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .escalate-bar button, .escalate-menu button { font: inherit; cursor: pointer; border: 1px solid transparent; border-radius: 4px; min-height: 32px; padding: 0 8px; }
    .escalate-bar button { min-width: 32px; background: #2d3a52; color: #fff; }
    .escalate-bar button.bad { background: #c72323; }
    .escalate-bar button:focus-visible, .escalate-menu button:focus-visible, .escalate-place button:focus-visible { outline: 2px solid #0263e0; outline-offset: 2px; }
    .escalate-menu { position: fixed; z-index: 1300; display: flex; flex-direction: column; padding: 8px; min-width: 200px; background: #fff; color: #121c2d; border-radius: 8px; box-shadow: 0 4px 16px rgba(18,28,45,.3); font: 14px/1.4 Inter, system-ui, sans-serif; }
    .escalate-menu button { background: none; color: inherit; text-align: start; min-height: 36px; }
    .escalate-menu button:hover { background: #f4f4f6; }
    .escalate-place { flex: 1; min-height: 240px; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; padding: 16px; text-align: center; font: 14px/1.5 Inter, system-ui, sans-serif; }
    .escalate-place p { margin: 0; }
    .escalate-place button { font: inherit; font-weight: 600; cursor: pointer; border: 0; border-radius: 4px; min-height: 36px; padding: 0 16px; background: #0263e0; color: #fff; }
    .escalate-icon { position: relative; display: inline-flex; }
    @media (forced-colors: active) { .escalate-room[data-place=floating], .escalate-bar button { border: 1px solid; } }
  `;

  // Where the floating window goes, in turn: it can be moved without dragging.
  const corners = [{ right: 16, bottom: 16 }, { left: 16, bottom: 16 }, { left: 16, top: 72 }, { right: 16, top: 72 }];

  /** @type {Phase[]} */
  const runningPhases = ['joining', 'in_call', 'reconnecting'];

  class Room {
    /**
     * @param {() => string} token
     * @param {(key: string, more?: Record<string, string>) => string} say
     * @param {{on: (f: () => void) => () => void}} tokens tells when Flex has a new token
     * @param {() => void} back selects the Task of the call
     * @param {string} lang the language of the page, a BCP 47 tag
     */
    constructor(token, say, tokens, back, lang) {
      this.token = token;
      this.say = say;
      this.tokens = tokens;
      this.back = back;
      this.lang = lang;
      /** @type {Phase} */
      this.phase = 'idle';
      this.muted = false;
      /** @type {Running & {name: string} | null} */
      this.shown = null;
      this.ready = false;
      /** @type {HTMLElement | null} */
      this.host = null;
      /** @type {HTMLIFrameElement | null} */
      this.frame = null;
      /** @type {HTMLElement | null} */
      this.dock = null;
      this.corner = 0;
      /** @type {Set<() => void>} */
      this.watchers = new Set();
      /** @type {(() => void)[]} */
      this.leaving = [];
      /** @type {(() => void)[]} */
      this.undo = []; // takes down what #build has set up
      /** @type {(() => void) | null} */
      this.stopDock = null;
    }

    /** The agent is in a call, or on the way in. */
    get running() {
      return runningPhases.includes(this.phase);
    }

    /** @param {string} taskSid */
    runningFor(taskSid) {
      return this.running && this.shown?.taskSid === taskSid;
    }

    /** Calls f at every change until the answer is called. @param {() => void} f */
    watch(f) {
      this.watchers.add(f);
      return () => void this.watchers.delete(f);
    }

    /**
     * Shows an escalation; false while a call of another one is running.
     * @param {string} taskSid @param {string} code @param {string} name of the customer
     */
    open(taskSid, code, name) {
      if (this.shown?.code === code && this.shown.taskSid === taskSid) return true;
      if (this.running) return false;
      this.shown = { taskSid, code, name };
      if (!this.host) this.#build();
      this.#sendOpen();
      this.#changed();
      return true;
    }

    /** Lays the page over an element, as long as that is to be seen. @param {HTMLElement} place @param {string} taskSid */
    dockOver(place, taskSid) {
      this.undock();
      this.dock = place;
      const follow = () => this.#lay(taskSid);
      const sizes = new ResizeObserver(follow);
      // Whatever moves the place changes the size of something around it.
      for (let e = /** @type {Element | null} */ (place); e; e = e.parentElement) sizes.observe(e);
      const stopWatch = this.watch(follow);
      window.addEventListener('scroll', follow, true);
      window.addEventListener('resize', follow);
      this.stopDock = () => {
        sizes.disconnect();
        stopWatch();
        window.removeEventListener('scroll', follow, true);
        window.removeEventListener('resize', follow);
      };
      follow();
    }

    undock() {
      this.stopDock?.();
      this.stopDock = null;
      this.dock = null;
      this.#lay('');
    }

    /** Asks the page to disconnect; true once it says so, false when it stays silent. */
    leave() {
      if (!this.ready || !this.running) return Promise.resolve(true);
      return new Promise((/** @type {(left: boolean) => void} */ resolve) => {
        const timer = setTimeout(() => resolve(false), leaveTimeout);
        this.leaving.push(() => {
          clearTimeout(timer);
          resolve(true);
        });
        this.#send({ escalate: bridgeVersion, type: 'leave' });
      });
    }

    /** Takes the page away, if it shows this Task and no call is running. @param {string} taskSid */
    close(taskSid) {
      if (this.shown?.taskSid !== taskSid || this.running) return;
      for (const f of this.undo.splice(0)) f();
      this.host?.remove();
      this.host = this.frame = null;
      this.ready = false;
      this.shown = null;
      this.phase = 'idle';
      this.#changed();
    }

    #build() {
      const host = document.createElement('section');
      host.className = 'escalate-room';
      host.setAttribute('aria-label', this.say('EscalateVideoTab'));
      const frame = document.createElement('iframe');
      frame.id = 'escalate-room-frame';
      frame.title = this.say('EscalateVideoTab');
      frame.allow = allow;
      frame.src = `${base}/agent?lang=${encodeURIComponent(this.lang)}`;
      host.append(this.#bar(host), frame);
      document.body.append(host);
      this.host = host;
      this.frame = frame;
      const receive = (/** @type {MessageEvent} */ e) => this.#receive(e);
      window.addEventListener('message', receive);
      this.undo.push(
        () => window.removeEventListener('message', receive),
        this.tokens.on(() => this.#sendToken()),
      );
      this.#lay('');
    }

    /** The floating window's bar. @param {HTMLElement} host */
    #bar(host) {
      const bar = document.createElement('div');
      bar.className = 'escalate-bar';
      const title = document.createElement('span');
      /** @param {string} id @param {() => void} click */
      const button = (id, click) => {
        const b = document.createElement('button');
        b.type = 'button';
        b.id = id;
        b.addEventListener('click', click);
        return b;
      };
      const mute = button('escalate-mute', () => this.#send({ escalate: bridgeVersion, type: 'mute', muted: !this.muted }));
      const leave = button('escalate-leave', () => void this.leave());
      const back = button('escalate-back', () => this.back());
      const move = button('escalate-move', () => {
        this.corner = (this.corner + 1) % corners.length;
        this.#toCorner();
      });
      leave.className = 'bad';
      for (const [b, sign] of /** @type {[HTMLButtonElement, string][]} */ ([[leave, '✕'], [back, '⤢'], [move, '⌟']])) b.textContent = sign;
      bar.append(title, mute, leave, back, move);
      const draw = () => {
        title.textContent = this.say('EscalateVideoWith', { name: this.shown?.name || this.say('EscalateVideoCustomer') });
        mute.textContent = this.say(this.muted ? 'EscalateVideoUnmute' : 'EscalateVideoMute');
        for (const [b, key] of /** @type {[HTMLButtonElement, string][]} */ ([
          [leave, 'EscalateVideoLeave'], [back, 'EscalateVideoBack'], [move, 'EscalateVideoMove']])) {
          b.title = this.say(key);
          b.setAttribute('aria-label', b.title);
        }
      };
      this.undo.push(this.watch(draw));
      draw();
      this.#dragBy(bar, host);
      return bar;
    }

    /** @param {HTMLElement} bar @param {HTMLElement} host */
    #dragBy(bar, host) {
      bar.addEventListener('pointerdown', (down) => {
        if (down.target instanceof HTMLButtonElement) return;
        const at = host.getBoundingClientRect();
        bar.setPointerCapture(down.pointerId);
        host.dataset.dragging = '';
        const drag = (/** @type {PointerEvent} */ e) => {
          const x = Math.min(Math.max(at.left + e.clientX - down.clientX, 0), innerWidth - at.width);
          const y = Math.min(Math.max(at.top + e.clientY - down.clientY, 0), innerHeight - at.height);
          Object.assign(host.style, { left: `${x}px`, top: `${y}px`, right: '', bottom: '' });
        };
        const drop = () => {
          delete host.dataset.dragging;
          bar.removeEventListener('pointermove', drag);
          bar.removeEventListener('lostpointercapture', drop);
        };
        bar.addEventListener('pointermove', drag);
        bar.addEventListener('lostpointercapture', drop);
      });
    }

    #toCorner() {
      const px = (/** @type {number | undefined} */ n) => (n === undefined ? '' : `${n}px`);
      const c = /** @type {{left?: number, right?: number, top?: number, bottom?: number}} */ (corners[this.corner]);
      if (this.host) Object.assign(this.host.style, { left: px(c.left), right: px(c.right), top: px(c.top), bottom: px(c.bottom), width: '', height: '' });
    }

    /** Puts the page where it belongs now. @param {string} taskSid whose place this.dock is */
    #lay(taskSid) {
      if (!this.host) return;
      const r = this.dock?.getBoundingClientRect();
      const seen = r && r.width > 0 && r.height > 0 && this.shown?.taskSid === taskSid;
      const was = this.host.dataset.place;
      const place = seen ? 'docked' : this.running ? 'floating' : 'hidden';
      this.host.dataset.place = place;
      if (seen && r) {
        Object.assign(this.host.style, { left: `${r.left}px`, top: `${r.top}px`, right: '', bottom: '', width: `${r.width}px`, height: `${r.height}px` });
      } else if (place !== was) {
        this.#toCorner();
      }
    }

    #sendToken() {
      if (this.ready) this.#send({ escalate: bridgeVersion, type: 'token', token: this.token() });
    }

    #sendOpen() {
      if (!this.ready || !this.shown) return;
      this.#send({ escalate: bridgeVersion, type: 'open', taskSid: this.shown.taskSid, code: this.shown.code });
    }

    /** @param {Bridge} message */
    #send(message) {
      this.frame?.contentWindow?.postMessage(message, origin);
    }

    /** @param {MessageEvent} e */
    #receive(e) {
      if (e.origin !== origin || e.source !== this.frame?.contentWindow) return;
      const m = /** @type {Bridge} */ (e.data);
      if (m?.escalate !== bridgeVersion) return;
      if (m.type === 'ready') { // also after the page was reloaded: it knows nothing then
        this.ready = true;
        this.#set('idle', false);
        this.#sendToken();
        this.#sendOpen();
      } else if (m.type === 'state') {
        this.#set(m.phase ?? this.phase, Boolean(m.muted));
      } else if (m.type === 'left') {
        this.#set('left', false);
      }
    }

    /** @param {Phase} phase @param {boolean} muted */
    #set(phase, muted) {
      this.phase = phase;
      this.muted = muted;
      if (!this.running) for (const done of this.leaving.splice(0)) done();
      this.#changed();
    }

    #changed() {
      if (!this.dock) this.#lay('');
      for (const f of [...this.watchers]) f();
    }
  }

  // ---- The plugin

  class EscalatePlugin {
    constructor() {
      this.name = name;
    }

    /**
     * Flex waits for it, 10 s at most.
     * @param {Flex} flex @param {Manager} manager
     */
    init(flex, manager) {
      if (!base) throw new Error(`${name}: where this script came from is not known, so neither is its server`);
      teach(manager);
      new Desk(flex, manager).install();
    }
  }

  /** Notifications that offer a way out, by the action they go on with. */
  const guarded = /** @type {const} */ ({
    WrapupTask: 'EscalateVideoLeaveWrapup',
    CompleteTask: 'EscalateVideoLeaveComplete',
    CancelTask: 'EscalateVideoLeaveGo',
    TransferTask: 'EscalateVideoLeaveGo',
    StartTransfer: 'EscalateVideoLeaveGo',
  });

  /** What agent and supervisor see, and what keeps a Task from being closed too early. */
  class Desk {
    /** @param {Flex} flex @param {Manager} manager */
    constructor(flex, manager) {
      this.flex = flex;
      this.manager = manager;
      this.react = window.React;
      /** What we last heard of each Task. @type {Map<string, Escalation | null>} */
      this.known = new Map();
      /** @type {Set<string>} */
      this.busy = new Set();
      this.server = new Server(() => this.token, (key) => this.say(key));
      this.room = new Room(() => this.token, (key, more) => this.say(key, more), {
        on: (f) => {
          manager.events.addListener('tokenUpdated', f);
          return () => manager.events.removeListener('tokenUpdated', f);
        },
      }, () => this.goTo(this.room.shown?.taskSid ?? ''), languageOf(manager));
    }

    /** The Flex token, read when it is needed: Flex renews it. */
    get token() {
      const session = /** @type {any} */ (this.manager.store.getState()).flex?.session?.ssoTokenPayload?.token;
      return session ?? this.manager.user?.token ?? '';
    }

    /** @param {string} key @param {Record<string, string>} [more] */
    say(key, more = {}) {
      const text = /** @type {Record<string, string>} */ (/** @type {unknown} */ (this.manager.strings))[key] ?? words.en[key] ?? key;
      return text.replace(/\{\{(\w+)\}\}/g, (_, k) => more[k] ?? '');
    }

    install() {
      const { flex } = this;
      const h = this.react.createElement;
      const style = document.createElement('style');
      style.textContent = styles;
      document.head.append(style);
      const chat = (/** @type {Task | undefined} */ task) => Boolean(task && flex.TaskHelper.isChatBasedTask(task));
      const Icon = flex.withTaskContext(this.#icon());
      flex.TaskCanvasHeader.Content.add(h(Icon, { key: 'escalate-video' }), {
        sortOrder: 0,
        if: (/** @type {{task?: Task}} */ p) => chat(p.task) && p.task?.status === 'accepted',
      });
      const tab = (/** @type {boolean} */ supervisor) => h(flex.Tab, /** @type {any} */ ({
        key: tabName, uniqueName: tabName, label: this.say('EscalateVideoTab'),
      }), h(flex.withTaskContext(this.#place(supervisor)), { key: 'escalate-place' }));
      flex.TaskCanvasTabs.Content.add(tab(false), { if: (/** @type {{task?: Task}} */ p) => chat(p.task) });
      flex.Supervisor.TaskCanvasTabs.Content.add(tab(true), { if: (/** @type {{task?: Task}} */ p) => chat(p.task) });
      this.#registerNotices();
      this.#guard();
    }

    // -- What an agent does

    /** @param {Task} task */
    async start(task) {
      const sid = task.taskSid;
      if (this.busy.has(sid)) return;
      if (this.room.running && !this.room.runningFor(sid)) {
        this.#elsewhere(this.room.shown?.taskSid ?? '');
        return;
      }
      await this.#busyWith(sid, async () => {
        const e = await this.server.escalate(sid, languageOf(this.manager));
        this.#learn(sid, e);
        if (!e.resumed) await this.#post(task, e);
        this.#show(task, e);
      });
    }

    /** Posts the link into the chat once more. @param {Task} task */
    async resend(task) {
      await this.#busyWith(task.taskSid, async () => {
        const e = await this.server.escalate(task.taskSid, languageOf(this.manager));
        this.#learn(task.taskSid, e);
        await this.#post(task, e);
        this.flex.Notifications.showNotification('EscalateVideoDone', { text: this.say('EscalateVideoSentAgain') });
      });
    }

    /** The customer reads it as the agent's own message. @param {Task} task @param {Escalation} e */
    async #post(task, e) {
      try {
        await this.flex.Actions.invokeAction('SendMessage', {
          body: e.invite,
          conversationSid: this.flex.TaskHelper.getTaskConversationSid(task),
          messageAttributes: { hasVideo: true, videoUrl: e.joinUrl, uniqueCode: e.code },
        });
      } catch (err) {
        console.warn(`${name}: SendMessage`, err);
        throw new Refusal('not_sent', this.say('EscalateVideoNotSent'));
      }
    }

    /** @param {Task} task @param {Escalation} e */
    #show(task, e) {
      this.room.open(task.taskSid, e.code, nameOf(task));
      return this.#selectTab();
    }

    #selectTab() {
      return this.flex.Actions.invokeAction('SetComponentState', { name: 'AgentTaskCanvasTabs', state: { selectedTabName: tabName } });
    }

    /** Selects a Task and its Video Room. @param {string} taskSid */
    async goTo(taskSid) {
      const task = this.#taskOfSid(taskSid);
      if (!task) return;
      await this.flex.Actions.invokeAction('SelectTask', { task });
      await this.#selectTab();
    }

    /** Asks what the server knows of a Task's session. @param {string} taskSid */
    async learn(taskSid) {
      const check = await this.server.check(taskSid);
      this.#learn(taskSid, isLive(check.escalation) ? /** @type {Escalation} */ (check.escalation) : null);
      return check;
    }

    /** @param {string} taskSid @param {Escalation | null} e */
    #learn(taskSid, e) {
      this.known.set(taskSid, e);
      this.#changed();
    }

    /** @param {string} taskSid @param {() => Promise<void>} work */
    async #busyWith(taskSid, work) {
      this.busy.add(taskSid);
      this.#changed();
      try {
        await work();
      } catch (err) {
        if (err instanceof Refusal && err.running && err.running.taskSid !== taskSid) this.#elsewhere(err.running.taskSid);
        else this.#problem(err);
      } finally {
        this.busy.delete(taskSid);
        this.#changed();
      }
    }

    /** Components are drawn again when the room changes; that is what this says. */
    #changed() {
      for (const f of [...this.room.watchers]) f();
    }

    // -- Notices

    #registerNotices() {
      const { flex } = this;
      const h = this.react.createElement;
      const kind = flex.NotificationType;
      // An element, not a template: what it says may hold a customer's name.
      const Words = (/** @type {{notificationContext?: {text?: string}}} */ p) => h('span', null, p.notificationContext?.text ?? '');
      const add = (/** @type {any} */ n) => flex.Notifications.registerNotification({ content: h(Words), timeout: 10000, closeButton: true, ...n });
      /** @param {string} key */
      const action = (key) => [h(/** @type {any} */ (flex.NotificationBar).Action, {
        key, label: this.say(key),
        onClick: (/** @type {unknown} */ _, /** @type {any} */ n) => {
          flex.Notifications.dismissNotification(n);
          n.context.run();
        },
      })];
      add({ id: 'EscalateVideoDone', type: kind.success, timeout: 4000 });
      add({ id: 'EscalateVideoProblem', type: kind.error });
      add({ id: 'EscalateVideoElsewhere', type: kind.warning, actions: action('EscalateVideoBack') });
      for (const key of new Set(Object.values(guarded))) add({ id: key, type: kind.warning, timeout: 15000, actions: action(key) });
    }

    /** @param {unknown} err */
    #problem(err) {
      if (!(err instanceof Refusal)) console.error(`${name}:`, err);
      const text = err instanceof Refusal ? err.message : this.say('EscalateVideoOffline');
      this.flex.Notifications.showNotification('EscalateVideoProblem', { text });
    }

    /** Says in which call the agent is, with the way there. @param {string} taskSid */
    #elsewhere(taskSid) {
      this.flex.Notifications.showNotification('EscalateVideoElsewhere', {
        text: this.say('EscalateVideoElsewhere', { name: this.#customerOf(taskSid) }),
        run: () => this.goTo(taskSid),
      });
    }

    /** @param {string} taskSid */
    #customerOf(taskSid) {
      const task = this.#taskOfSid(taskSid);
      return (task && nameOf(task)) || this.say('EscalateVideoCustomer');
    }

    // -- Guards

    #guard() {
      const { Actions } = this.flex;
      for (const action of /** @type {(keyof typeof guarded)[]} */ (Object.keys(guarded))) {
        Actions.addListener(/** @type {any} */ (`before${action}`), (/** @type {any} */ payload, /** @type {() => void} */ abort) => this.#mayClose(action, payload, abort));
      }
      for (const action of ['WrapupTask', 'CompleteTask', 'CancelTask']) {
        Actions.addListener(/** @type {any} */ (`after${action}`), (/** @type {any} */ payload) => this.#closed(payload));
      }
      Actions.addListener('beforeLogout', (/** @type {any} */ payload, /** @type {() => void} */ abort) => {
        if (!this.room.running) return;
        abort();
        this.#offer('EscalateVideoLeaveGo', this.say('EscalateVideoInCall'), async () => {
          if (await this.room.leave()) await Actions.invokeAction('Logout', payload);
        });
      });
    }

    /** A Task that the Worker has. Flex's own getTaskByTaskSid takes the Reservation's SID. @param {string} taskSid @returns {Task | undefined} */
    #taskOfSid(taskSid) {
      const tasks = /** @type {any} */ (this.manager.store.getState()).flex.worker.tasks;
      return [...tasks.values()].find((t) => t.taskSid === taskSid);
    }

    /** A payload holds the Task, or the SID of its Reservation only. @param {any} payload @returns {Task | undefined} */
    #taskOf(payload) {
      const task = payload?.task ?? (payload?.sid && this.flex.TaskHelper.getTaskByTaskSid(payload.sid));
      return task && this.flex.TaskHelper.isChatBasedTask(task) ? task : undefined;
    }

    /** @param {keyof typeof guarded} action @param {any} payload @param {() => void} abort */
    async #mayClose(action, payload, abort) {
      const task = this.#taskOf(payload);
      if (!task) return;
      let reason = this.say('EscalateVideoInCall');
      if (!this.room.runningFor(task.taskSid)) {
        // This page may have been reloaded, or the call may run in another one: ask the server.
        try {
          const check = await this.server.check(task.taskSid);
          if (check.mayWrapUp) return;
          reason = check.reason ?? reason;
        } catch (err) {
          // The agent is in no call here as far as can be told, and the server ends
          // what a crash has left; its silence must not keep conversations open.
          console.warn(`${name}: whether ${action} may go on is not known`, err);
          return;
        }
      }
      abort();
      this.#offer(guarded[action], reason, () => this.#leaveAnd(task, () => this.flex.Actions.invokeAction(action, payload)));
    }

    /** @param {string} id of the notification @param {string} text @param {() => Promise<unknown>} run */
    #offer(id, text, run) {
      this.flex.Notifications.showNotification(id, { text, run: () => run().catch((err) => this.#problem(err)) });
    }

    /** Leaves the call, ends it for everyone, and goes on. @param {Task} task @param {() => Promise<unknown>} goOn */
    async #leaveAnd(task, goOn) {
      // A page that does not answer is no reason to stay: to end completes the
      // Room, which disconnects it too.
      if (this.room.runningFor(task.taskSid)) await this.room.leave();
      await this.#endLive(task.taskSid);
      if (this.room.runningFor(task.taskSid) && !(await this.room.leave())) throw new Refusal('stuck', this.say('EscalateVideoStuck'));
      await goOn();
    }

    /** Ends a Task's session for everyone, also one that another page has made. @param {string} taskSid */
    async #endLive(taskSid) {
      const { escalation } = await this.server.check(taskSid);
      if (escalation && isLive(escalation)) await this.server.end(escalation.code);
    }

    /** A link must not outlive its conversation. @param {any} payload */
    async #closed(payload) {
      const task = this.#taskOf(payload);
      if (!task) return;
      const { taskSid } = task;
      try {
        await this.#endLive(taskSid);
      } catch (err) {
        console.warn(`${name}: the link stays until its time is over`, err);
      }
      this.known.delete(taskSid);
      this.room.close(taskSid);
    }

    // -- Components

    /** Draws the component again whenever something changed. */
    #useChanges() {
      const [, draw] = this.react.useReducer((/** @type {number} */ n) => n + 1, 0);
      this.react.useEffect(() => this.room.watch(draw), []);
    }

    /** The Video icon, and what it offers while a session lives. */
    #icon() {
      const { flex, react } = this;
      const h = react.createElement;
      return (/** @type {{task?: Task}} */ { task }) => {
        this.#useChanges();
        const [at, setAt] = react.useState(/** @type {DOMRect | null} */ (null));
        const anchor = react.useRef(/** @type {HTMLSpanElement | null} */ (null));
        if (!task) return null;
        const busy = this.busy.has(task.taskSid);
        const click = async () => {
          if (at) return setAt(null);
          // Only the server knows whether the last session still lives.
          if (this.known.get(task.taskSid)) await this.learn(task.taskSid).catch(() => undefined);
          if (this.known.get(task.taskSid)) setAt(anchor.current?.getBoundingClientRect() ?? null);
          else await this.start(task);
          return undefined;
        };
        const label = this.say(busy ? 'EscalateVideoStarting' : this.known.get(task.taskSid) ? 'EscalateVideoMore' : 'EscalateVideoStart');
        return h('span', { className: 'escalate-icon', ref: anchor },
          h(flex.IconButton, /** @type {any} */ ({
            id: 'escalate-video-button', icon: busy ? 'Loading' : 'Video', title: label, 'aria-label': label,
            'aria-busy': busy, 'aria-expanded': Boolean(at), disabled: busy, onClick: click, variant: 'secondary',
          })),
          at && window.ReactDOM.createPortal(h(this.menu, {
            at,
            close: () => setAt(null),
            items: [
              { id: 'escalate-resend', text: this.say('EscalateVideoResend'), run: () => this.resend(task) },
              { id: 'escalate-open', text: this.say('EscalateVideoOpen'), run: () => this.#show(task, /** @type {Escalation} */ (this.known.get(task.taskSid))) },
            ],
          }), document.body));
      };
    }

    /** @param {{at: DOMRect, close: () => void, items: {id: string, text: string, run: () => void}[]}} props */
    menu = ({ at, close, items }) => {
      const { react } = this;
      const h = react.createElement;
      const ref = react.useRef(/** @type {HTMLDivElement | null} */ (null));
      react.useEffect(() => {
        const before = document.activeElement;
        ref.current?.querySelector('button')?.focus();
        const away = (/** @type {Event} */ e) => {
          if (!ref.current?.contains(/** @type {Node} */ (e.target))) close();
        };
        document.addEventListener('pointerdown', away, true);
        return () => {
          document.removeEventListener('pointerdown', away, true);
          if (before instanceof HTMLElement) before.focus();
        };
      }, []);
      const keys = (/** @type {{key: string, preventDefault: () => void}} */ e) => {
        const buttons = [...(ref.current?.querySelectorAll('button') ?? [])];
        const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
        if (e.key === 'Escape' || e.key === 'Tab') close();
        else if (step) {
          e.preventDefault();
          const i = buttons.findIndex((b) => b === document.activeElement);
          buttons[(i + step + buttons.length) % buttons.length].focus();
        }
      };
      const style = { top: at.bottom + 4, right: Math.max(8, innerWidth - at.right) };
      return h('div', { className: 'escalate-menu', role: 'menu', 'aria-label': this.say('EscalateVideoMenu'), ref, style, onKeyDown: keys },
        items.map((i) => h('button', { key: i.id, id: i.id, type: 'button', role: 'menuitem', onClick: () => { close(); i.run(); } }, i.text)));
    };

    /** The tab: the place over which the page is laid, or what stands there instead. @param {boolean} supervisor */
    #place(supervisor) {
      const { react } = this;
      const h = react.createElement;
      return (/** @type {{task?: Task}} */ { task }) => {
        this.#useChanges();
        const ref = react.useRef(/** @type {HTMLDivElement | null} */ (null));
        const [trouble, setTrouble] = react.useState('');
        const sid = task?.taskSid ?? '';
        const live = this.known.get(sid);
        const ask = () => {
          setTrouble('');
          this.learn(sid).catch((err) => setTrouble(err instanceof Refusal ? err.message : this.say('EscalateVideoOffline')));
        };
        // Flex may have been reloaded in the middle of a call; the server knows.
        react.useEffect(() => {
          if (sid && !this.known.has(sid)) ask();
        }, [sid]);
        // A call of another Task is not left for it; this waits until that is over.
        react.useEffect(() => {
          if (task && live) this.room.open(sid, live.code, nameOf(task));
        }, [sid, live?.code, this.room.running]);
        const here = Boolean(live && this.room.shown?.code === live.code && this.room.shown.taskSid === sid);
        react.useEffect(() => {
          if (!here || !ref.current) return undefined;
          this.room.dockOver(ref.current, sid);
          return () => this.room.undock();
        }, [here, sid]);
        if (!task) return null;
        /** @param {string} text @param {string} [label] @param {() => void} [run] */
        const card = (text, label, run) => h('div', { className: 'escalate-place' },
          h('p', null, text), label && h('button', { type: 'button', onClick: run }, label));
        if (here) return h('div', { className: 'escalate-place', ref });
        if (this.room.running) {
          const other = this.room.shown?.taskSid ?? '';
          return card(this.say('EscalateVideoElsewhere', { name: this.#customerOf(other) }), this.say('EscalateVideoBack'), () => this.goTo(other));
        }
        if (trouble) return card(trouble, this.say('EscalateVideoRetry'), ask);
        if (live === undefined) return card(this.say('EscalateVideoLoading'));
        if (supervisor) return card(this.say('EscalateVideoNoneSupervisor'), this.say('EscalateVideoRetry'), ask);
        if (task.status !== 'accepted') return card(this.say('EscalateVideoClosed'));
        return card(`${this.say('EscalateVideoNone')} ${this.say('EscalateVideoNoneHint')}`, this.say('EscalateVideoStart'), () => this.start(task));
      };
    }
  }

  /** How the customer is called. @param {Task} task */
  function nameOf(task) {
    const a = /** @type {Record<string, string>} */ (task.attributes ?? {});
    return a.customerName || a.name || a.from || '';
  }

  const flex = window.Twilio.FlexProxy?.[name] ?? window.Twilio.Flex;
  // At once, not later: Flex finds out whose plugin it is from document.currentScript.
  flex.Plugins.init(/** @type {any} */ (EscalatePlugin));
})();
