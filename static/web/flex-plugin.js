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
//
// It runs in Flex UI 2.0.0 and later, with the React 17 that those have. All that
// it uses of Flex is public and in the types of 2.0.0: the dynamic content of
// TaskCanvasHeader, TaskCanvasTabs and Supervisor.TaskCanvasTabs, Tab, IconButton,
// withTaskContext, TaskHelper, Actions and their before-listeners, Notifications,
// and the Manager's store, strings, user and events (tokenUpdated, taskWrapup,
// taskCompleted, taskCanceled, taskRescinded). Actions that came later, such as
// StartChannelTransfer, are listened to by name; where Flex has none of that name
// the listener waits for nothing. Flex UI 1 has React 16.5, without hooks.
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
  const comeBackTimeout = 60000; // ms; a Task that Flex has not loaded by then is gone
  const chatTimeout = 10000; // ms; nor does an agent wait longer for Flex to load the chat

  // The server that serves this script is the one that makes the calls.
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  const base = (script?.src ?? '').replace(/\/static\/flex-plugin\.js.*$/, '');
  const origin = base && new URL(base).origin;

  // Features of the browser that the page in the iframe needs, for our origin only. Chromium cannot
  // match an IPv6 address there, but itself.
  const allow = ['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'picture-in-picture',
    'speaker-selection', 'clipboard-write', 'screen-wake-lock'].map((f) => `${f} ${origin === location.origin ? "'self'" : origin}`).join('; ');

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
      EscalateVideoReloaded: 'The page was reloaded, which took you out of the video call with {{name}}.',
      EscalateVideoLeaveWrapup: 'Leave and wrap up', EscalateVideoLeaveComplete: 'Leave and complete',
      EscalateVideoLeaveGo: 'Leave and go on',
      EscalateVideoStuck: 'The video call could not be left. Try again in a moment.',
      EscalateVideoMute: 'Mute', EscalateVideoUnmute: 'Unmute', EscalateVideoLeave: 'Leave the call',
      EscalateVideoMove: 'Move this window to the next corner', EscalateVideoWith: 'Video call with {{name}}',
      EscalateVideoCustomer: 'another customer', EscalateVideoLoading: 'Loading…', EscalateVideoRetry: 'Try again',
      EscalateVideoLook: 'Check again',
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
      EscalateVideoReloaded: 'La página se recargó y usted quedó fuera de la videollamada con {{name}}.',
      EscalateVideoLeaveWrapup: 'Salir y finalizar', EscalateVideoLeaveComplete: 'Salir y completar',
      EscalateVideoLeaveGo: 'Salir y continuar',
      EscalateVideoStuck: 'No se pudo salir de la videollamada. Inténtelo de nuevo en un momento.',
      EscalateVideoMute: 'Silenciar', EscalateVideoUnmute: 'Activar micrófono', EscalateVideoLeave: 'Salir de la llamada',
      EscalateVideoMove: 'Mover esta ventana a la esquina siguiente', EscalateVideoWith: 'Videollamada con {{name}}',
      EscalateVideoCustomer: 'otro cliente', EscalateVideoLoading: 'Cargando…', EscalateVideoRetry: 'Reintentar',
      EscalateVideoLook: 'Comprobar de nuevo',
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
      EscalateVideoReloaded: 'Die Seite wurde neu geladen; dadurch sind Sie nicht mehr im Videoanruf mit {{name}}.',
      EscalateVideoLeaveWrapup: 'Verlassen und nachbearbeiten', EscalateVideoLeaveComplete: 'Verlassen und abschließen',
      EscalateVideoLeaveGo: 'Verlassen und fortfahren',
      EscalateVideoStuck: 'Der Videoanruf konnte nicht verlassen werden. Versuchen Sie es gleich noch einmal.',
      EscalateVideoMute: 'Stumm schalten', EscalateVideoUnmute: 'Ton einschalten', EscalateVideoLeave: 'Anruf verlassen',
      EscalateVideoMove: 'Dieses Fenster in die nächste Ecke setzen', EscalateVideoWith: 'Videoanruf mit {{name}}',
      EscalateVideoCustomer: 'jemand anderem', EscalateVideoLoading: 'Wird geladen…', EscalateVideoRetry: 'Noch einmal versuchen',
      EscalateVideoLook: 'Noch einmal nachsehen',
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
      EscalateVideoReloaded: 'La page a été rechargée : vous n’êtes plus dans l’appel vidéo avec {{name}}.',
      EscalateVideoLeaveWrapup: 'Quitter et clôturer', EscalateVideoLeaveComplete: 'Quitter et terminer',
      EscalateVideoLeaveGo: 'Quitter et continuer',
      EscalateVideoStuck: 'Impossible de quitter l’appel vidéo. Réessayez dans un instant.',
      EscalateVideoMute: 'Couper le micro', EscalateVideoUnmute: 'Activer le micro', EscalateVideoLeave: 'Quitter l’appel',
      EscalateVideoMove: 'Déplacer cette fenêtre vers le coin suivant', EscalateVideoWith: 'Appel vidéo avec {{name}}',
      EscalateVideoCustomer: 'un autre client', EscalateVideoLoading: 'Chargement…', EscalateVideoRetry: 'Réessayer',
      EscalateVideoLook: 'Vérifier à nouveau',
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
      EscalateVideoReloaded: 'A página foi recarregada e você ficou fora da chamada de vídeo com {{name}}.',
      EscalateVideoLeaveWrapup: 'Sair e finalizar', EscalateVideoLeaveComplete: 'Sair e concluir',
      EscalateVideoLeaveGo: 'Sair e continuar',
      EscalateVideoStuck: 'Não foi possível sair da chamada de vídeo. Tente de novo em instantes.',
      EscalateVideoMute: 'Silenciar', EscalateVideoUnmute: 'Ativar microfone', EscalateVideoLeave: 'Sair da chamada',
      EscalateVideoMove: 'Mover esta janela para o próximo canto', EscalateVideoWith: 'Chamada de vídeo com {{name}}',
      EscalateVideoCustomer: 'outro cliente', EscalateVideoLoading: 'Carregando…', EscalateVideoRetry: 'Tentar de novo',
      EscalateVideoLook: 'Verificar de novo',
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

  // The Task whose call this tab is in, kept over a reload and no longer: its SID.
  const callKey = `${name}.call`;

  /** @param {string} taskSid empty once the call is over */
  function remember(taskSid) {
    try {
      if (taskSid) sessionStorage.setItem(callKey, taskSid);
      else sessionStorage.removeItem(callKey);
    } catch {
      // A browser that keeps nothing: after a reload the tab offers the call all the same.
    }
  }

  /** The Task of the call that a reload has cut off; empty for none. */
  function interrupted() {
    try {
      return sessionStorage.getItem(callKey) ?? '';
    } catch {
      return '';
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
    .escalate-bar button { width: 32px; padding: 0; display: grid; place-items: center; background: #2d3a52; color: #fff; }
    .escalate-bar button.off { background: #fff; color: #121c2d; }
    .escalate-bar button.bad { background: #c72323; }
    .escalate-bar button:focus-visible, .escalate-menu button:focus-visible, .escalate-place button:focus-visible { outline: 2px solid #0263e0; outline-offset: 2px; }
    .escalate-menu { position: fixed; z-index: 1300; display: flex; flex-direction: column; padding: 8px; width: max-content; min-width: 200px; max-width: min(320px, calc(100vw - 16px)); background: #fff; color: #121c2d; border-radius: 8px; box-shadow: 0 4px 16px rgba(18,28,45,.3); font: 14px/1.4 Inter, system-ui, sans-serif; }
    .escalate-menu button { background: none; color: inherit; text-align: start; min-height: 36px; }
    .escalate-menu button:hover { background: #f4f4f6; }
    .escalate-place { flex: 1; min-height: 240px; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px; padding: 16px; text-align: center; font: 14px/1.5 Inter, system-ui, sans-serif; }
    .escalate-place p { margin: 0; }
    .escalate-place button { font: inherit; font-weight: 600; cursor: pointer; border: 0; border-radius: 4px; min-height: 36px; padding: 0 16px; background: #0263e0; color: #fff; }
    .escalate-icon { position: relative; display: inline-flex; flex: none; margin-inline-end: 8px; }
    @media (forced-colors: active) { .escalate-room[data-place=floating], .escalate-bar button { border: 1px solid; } }
  `;

  // Signs of the floating window's buttons: strokes in a square of 24.
  const signs = {
    microphone: 'M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11v1a7 7 0 0 0 14 0v-1M12 19v3',
    muted: 'M15 9.5V6a3 3 0 0 0-5.7-1.3M9 9v3a3 3 0 0 0 5 2.2M5 11v1a7 7 0 0 0 11.5 5.4M19 11v1a7 7 0 0 1-.4 2.3M12 19v3M3 3l18 18',
    hangUp: 'M6 6l12 12M18 6L6 18',
    back: 'M14 4h6v6M20 4l-8 8M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5',
    corner: 'M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4',
  };

  /** @param {keyof typeof signs} which */
  function sign(which) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    for (const [k, v] of Object.entries({ viewBox: '0 0 24 24', width: '18', height: '18', fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' })) svg.setAttribute(k, v);
    const path = document.createElementNS(svg.namespaceURI, 'path');
    path.setAttribute('d', signs[which]);
    svg.append(path);
    return svg;
  }

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
      this.closing = false; // the Task is over; the page goes as soon as the call has
    }

    /** The agent is in a call, or on the way in. */
    get running() {
      return runningPhases.includes(this.phase);
    }

    /** @param {string} taskSid */
    runningFor(taskSid) {
      return this.running && this.shown?.taskSid === taskSid;
    }

    /** The agent looks at the page, in the tab of this Task. @param {string} taskSid */
    seenFor(taskSid) {
      return this.host?.dataset.place === 'docked' && this.shown?.taskSid === taskSid;
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
      this.closing = false;
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
      const looks = new MutationObserver(follow);
      // Whatever moves the place changes the size of something around it. A tab that
      // is not selected keeps its size: Flex gives it a class that makes it invisible,
      // by a transition, and only after that it is.
      for (let e = /** @type {Element | null} */ (place); e; e = e.parentElement) {
        sizes.observe(e);
        looks.observe(e, { attributes: true, attributeFilter: ['class', 'style', 'hidden'] });
      }
      const faded = (/** @type {TransitionEvent} */ e) => {
        if (e.propertyName === 'visibility' && /** @type {Node} */ (e.target).contains(place)) follow();
      };
      const stopWatch = this.watch(follow);
      window.addEventListener('transitionend', faded, true);
      window.addEventListener('scroll', follow, true);
      window.addEventListener('resize', follow);
      this.stopDock = () => {
        sizes.disconnect();
        looks.disconnect();
        stopWatch();
        window.removeEventListener('transitionend', faded, true);
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

    /** Takes the page away if it shows this Task, at once or when the call is left. @param {string} taskSid */
    close(taskSid) {
      if (this.shown?.taskSid !== taskSid) return;
      this.closing = true;
      if (this.running) void this.leave();
      else this.#takeDown();
    }

    #takeDown() {
      for (const f of this.undo.splice(0)) f();
      this.host?.remove();
      this.host = this.frame = null;
      this.ready = false;
      this.closing = false;
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
      leave.append(sign('hangUp'));
      back.append(sign('back'));
      move.append(sign('corner'));
      bar.append(title, mute, back, move, leave);
      const draw = () => {
        title.textContent = this.shown?.name || this.say('EscalateVideoWith', { name: this.say('EscalateVideoCustomer') });
        title.title = this.say('EscalateVideoWith', { name: this.shown?.name || this.say('EscalateVideoCustomer') });
        mute.replaceChildren(sign(this.muted ? 'muted' : 'microphone'));
        mute.classList.toggle('off', this.muted);
        for (const [b, key] of /** @type {[HTMLButtonElement, string][]} */ ([
          [mute, this.muted ? 'EscalateVideoUnmute' : 'EscalateVideoMute'],
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
      const seen = this.dock && r && r.width > 0 && r.height > 0 && getComputedStyle(this.dock).visibility === 'visible' && this.shown?.taskSid === taskSid;
      const was = this.host.dataset.place;
      const place = seen ? 'docked' : this.running ? 'floating' : 'hidden';
      this.host.dataset.place = place;
      if (seen && r) {
        Object.assign(this.host.style, { left: `${r.left}px`, top: `${r.top}px`, right: '', bottom: '', width: `${r.width}px`, height: `${r.height}px` });
      } else if (place !== was) {
        this.#toCorner();
      }
      if (place !== was) this.#tell();
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
      const ran = this.running;
      this.phase = phase;
      this.muted = muted;
      if (this.running !== ran) remember(this.running ? this.shown?.taskSid ?? '' : '');
      if (!this.running) for (const done of this.leaving.splice(0)) done();
      if (!this.running && this.closing) this.#takeDown();
      else this.#changed();
    }

    #changed() {
      if (!this.dock) this.#lay('');
      this.#tell();
    }

    #tell() {
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
    TransferTask: 'EscalateVideoLeaveGo',
    StartChannelTransfer: 'EscalateVideoLeaveGo', // of a Conversation; by 2.12
    LeaveChannel: 'EscalateVideoLeaveGo',
    PauseChannel: 'EscalateVideoLeaveGo',
    CancelTask: 'EscalateVideoLeaveGo', // not Flex's own: what plugins call theirs
  });

  /** The ids of all our notices. */
  const notices = ['EscalateVideoDone', 'EscalateVideoProblem', 'EscalateVideoElsewhere', 'EscalateVideoReloaded', ...new Set(Object.values(guarded))];

  /** The statuses of a Reservation whose Task an agent has; before, the server tells them nothing. */
  const held = ['accepted', 'wrapping'];

  /** Events of Flex after which an agent has no Task any more, whoever brought it about. */
  const ends = ['taskCompleted', 'taskCanceled', 'taskRescinded'];

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
      /** What goes on now that the call was left for it, a Task's SID or "Logout": it is not stopped again. @type {Set<string>} */
      this.wayOut = new Set();
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
      flex.TaskCanvasTabs.Content.add(tab(false), { if: (/** @type {{task?: Task}} */ p) => chat(p.task) && held.includes(p.task?.status ?? '') });
      flex.Supervisor.TaskCanvasTabs.Content.add(tab(true), { if: (/** @type {{task?: Task}} */ p) => chat(p.task) });
      this.#registerNotices();
      this.#guard();
      this.#outdate();
      void this.#comeBack();
    }

    /** Takes notices away as soon as they are no longer so: Flex lays its bar over the icon. */
    #outdate() {
      let ran = false, saw = false;
      this.room.watch(() => {
        const { running, shown } = this.room;
        const seen = Boolean(shown && this.room.seenFor(shown.taskSid));
        if (ran && !running) this.#withdraw(...Object.values(guarded), 'EscalateVideoElsewhere');
        if (running && !ran) this.#withdraw('EscalateVideoReloaded');
        if (seen && !saw) this.#withdraw('EscalateVideoElsewhere', 'EscalateVideoReloaded');
        [ran, saw] = [running, seen];
      });
    }

    /** Offers the call that a reload of the page has cut off, once its Task is there. */
    async #comeBack() {
      const taskSid = interrupted();
      if (!taskSid || !(await this.#when(() => this.#taskOfSid(taskSid), comeBackTimeout))) return;
      remember('');
      try {
        const { escalation } = await this.learn(taskSid);
        if (isLive(escalation) && !this.room.running && !this.room.seenFor(taskSid)) this.#notify('EscalateVideoReloaded', this.say('EscalateVideoReloaded', { name: this.#customerOf(taskSid) }), () => this.goTo(taskSid));
      } catch (err) {
        this.#problem(err);
      }
    }

    /**
     * Waits for something in Flex's state; false when it does not come in time.
     * @param {() => unknown} there @param {number} within ms @returns {Promise<boolean>}
     */
    #when(there, within) {
      if (there()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const done = (/** @type {boolean} */ came) => {
          stop();
          clearTimeout(timer);
          resolve(came);
        };
        const stop = this.manager.store.subscribe(() => {
          if (there()) done(true);
        });
        const timer = setTimeout(() => done(false), within);
      });
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
        this.#notify('EscalateVideoDone', this.say('EscalateVideoSentAgain'));
      });
    }

    /** The customer reads it as the agent's own message. @param {Task} task @param {Escalation} e */
    async #post(task, e) {
      const conversationSid = this.flex.TaskHelper.getTaskConversationSid(task) ?? '';
      // Flex sends nothing into a chat that it is still loading, as it does after a start.
      await this.#when(() => /** @type {any} */ (this.manager.store.getState()).flex.chat?.conversations?.[conversationSid]?.source, chatTimeout);
      try {
        await this.flex.Actions.invokeAction('SendMessage', {
          body: e.invite,
          conversationSid,
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

    /** Selects a Task and its Video Room, one's own or one that is supervised. @param {string} taskSid */
    async goTo(taskSid) {
      const { Actions } = this.flex;
      const task = this.#taskOfSid(taskSid);
      if (task) {
        await Actions.invokeAction('NavigateToView', { viewName: 'agent-desktop' });
        await Actions.invokeAction('SelectTask', { task });
        await this.#selectTab();
        return;
      }
      const other = this.#supervised(taskSid);
      if (!other) return;
      await Actions.invokeAction('NavigateToView', { viewName: 'teams' });
      await Actions.invokeAction('SelectTaskInSupervisor', { task: other });
      await Actions.invokeAction('SetComponentState', { name: 'SupervisorCanvasTabs', state: { selectedTabName: tabName } });
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
      this.#withdraw('EscalateVideoProblem');
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
      add({ id: 'EscalateVideoReloaded', type: kind.warning, timeout: 15000, actions: action('EscalateVideoBack') });
      for (const key of new Set(Object.values(guarded))) add({ id: key, type: kind.warning, timeout: 15000, actions: action(key) });
    }

    /**
     * Shows a notice in place of ours before it: Flex lays its bar over the Task's header.
     * @param {string} id @param {string} text @param {() => unknown} [run] what its button does
     */
    #notify(id, text, run) {
      this.#withdraw(...notices);
      this.flex.Notifications.showNotification(id, { text, run });
    }

    /** @param {...string} ids */
    #withdraw(...ids) {
      for (const id of ids) this.flex.Notifications.dismissNotificationById(id);
    }

    /** @param {unknown} err */
    #problem(err) {
      if (!(err instanceof Refusal)) console.error(`${name}:`, err);
      this.#notify('EscalateVideoProblem', err instanceof Refusal ? err.message : this.say('EscalateVideoOffline'));
    }

    /** Says in which call the agent is, with the way there. @param {string} taskSid */
    #elsewhere(taskSid) {
      this.#notify('EscalateVideoElsewhere', this.say('EscalateVideoElsewhere', { name: this.#customerOf(taskSid) }), () => this.goTo(taskSid));
    }

    /** @param {string} taskSid */
    #customerOf(taskSid) {
      const task = this.#taskOfSid(taskSid) ?? this.#supervised(taskSid);
      return (task && nameOf(task)) || this.say('EscalateVideoCustomer');
    }

    // -- Guards

    #guard() {
      const { Actions } = this.flex;
      for (const action of /** @type {(keyof typeof guarded)[]} */ (Object.keys(guarded))) {
        Actions.addListener(/** @type {any} */ (`before${action}`), (/** @type {any} */ payload, /** @type {() => void} */ abort) => this.#mayClose(action, payload, abort));
      }
      const on = (/** @type {string} */ event, /** @type {(task: Task) => unknown} */ f) => this.manager.events.addListener(/** @type {any} */ (event), f);
      on('taskWrapup', (task) => this.#closed(task));
      for (const event of ends) on(event, (task) => this.#gone(task));
      Actions.addListener('beforeLogout', (/** @type {any} */ payload, /** @type {() => void} */ abort) => this.#mayLogOut(payload, abort));
    }

    /** @param {any} payload @param {() => void} abort */
    async #mayLogOut(payload, abort) {
      if (this.wayOut.has('Logout')) return;
      const running = this.room.running ? this.room.shown?.taskSid : await this.#runningByServer();
      if (!running) return;
      abort();
      const goOn = async () => {
        if (this.room.runningFor(running)) {
          if (!(await this.room.leave())) throw new Refusal('stuck', this.say('EscalateVideoStuck'));
        } else {
          await this.#endLive(running);
        }
        await this.#goOn('Logout', () => this.flex.Actions.invokeAction('Logout', payload));
      };
      this.#offer('EscalateVideoLeaveGo', this.say('EscalateVideoInCall'), goOn);
      // The user's menu lies over the notice's button; Flex has no action that closes it.
      document.querySelector('.Twilio-UserControls-LogoutButton')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    }

    /** The Task in whose call the server has the agent, of those that have a session as far as known. */
    async #runningByServer() {
      const live = [...this.known].filter(([, e]) => isLive(e)).map(([taskSid]) => taskSid);
      const checks = await Promise.all(live.map((taskSid) => this.learn(taskSid).catch(() => ({ mayWrapUp: true }))));
      return live.find((_, i) => !checks[i].mayWrapUp);
    }

    /** A Task that the Worker has. Flex's own getTaskByTaskSid takes the Reservation's SID. @param {string} taskSid @returns {Task | undefined} */
    #taskOfSid(taskSid) {
      const tasks = /** @type {any} */ (this.manager.store.getState()).flex.worker.tasks;
      return [...tasks.values()].find((t) => t.taskSid === taskSid);
    }

    /** A Task of somebody else's that a supervisor looks at. @param {string} taskSid @returns {Task | undefined} */
    #supervised(taskSid) {
      const { workers = [], stickyWorker } = /** @type {any} */ (this.manager.store.getState()).flex.supervisor ?? {};
      return [stickyWorker, ...workers].flatMap((w) => w?.tasks ?? []).find((t) => t.taskSid === taskSid);
    }

    /**
     * A payload holds the Task, the SID of its Reservation, its Conversation or its channel.
     * @param {any} payload @returns {Task | undefined}
     */
    #taskOf(payload) {
      const { TaskHelper } = this.flex;
      const tasks = /** @type {any} */ (this.manager.store.getState()).flex.worker.tasks;
      const sid = payload?.sid ?? payload?.reservationSid;
      const task = payload?.task ?? (sid ? TaskHelper.getTaskByTaskSid(sid) : [...tasks.values()].find((t) =>
        (payload?.conversationSid && TaskHelper.getTaskConversationSid(t) === payload.conversationSid)
        || (payload?.channelSid && t.attributes?.flexInteractionChannelSid === payload.channelSid)));
      return task && TaskHelper.isChatBasedTask(task) ? task : undefined;
    }

    /** @param {keyof typeof guarded} action @param {any} payload @param {() => void} abort */
    async #mayClose(action, payload, abort) {
      const task = this.#taskOf(payload);
      if (!task || this.wayOut.has(task.taskSid)) return;
      let reason = this.say('EscalateVideoInCall');
      if (!this.room.runningFor(task.taskSid)) {
        // This page may have been reloaded, or the call may run in another one: ask the server.
        try {
          const check = await this.learn(task.taskSid);
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
      this.#notify(id, text, () => run().catch((err) => this.#problem(err)));
    }

    /** Leaves the call, ends it for everyone, and goes on. @param {Task} task @param {() => Promise<unknown>} goOn */
    async #leaveAnd(task, goOn) {
      const { taskSid } = task;
      // A page that does not answer is no reason to stay: to end completes the
      // Room, which disconnects it too.
      if (this.room.runningFor(taskSid)) await this.room.leave();
      await this.#endLive(taskSid);
      if (this.room.runningFor(taskSid) && !(await this.room.leave())) throw new Refusal('stuck', this.say('EscalateVideoStuck'));
      await this.#goOn(taskSid, goOn);
    }

    /** @param {string} what @param {() => Promise<unknown>} run */
    async #goOn(what, run) {
      this.wayOut.add(what);
      try {
        await run();
      } finally {
        this.wayOut.delete(what);
      }
    }

    /** Ends a Task's session for everyone, also one that another page has made. @param {string} taskSid */
    async #endLive(taskSid) {
      if (!this.known.has(taskSid)) await this.learn(taskSid);
      const e = this.known.get(taskSid);
      if (!e) return;
      await this.server.end(e.code);
      this.#learn(taskSid, null);
    }

    /** A link must not outlive its conversation. @param {Task} task */
    async #closed(task) {
      if (!this.flex.TaskHelper.isChatBasedTask(task)) return;
      try {
        await this.#endLive(task.taskSid);
      } catch (err) {
        console.warn(`${name}: the link stays until its time is over`, err);
      }
      this.room.close(task.taskSid);
    }

    /** Forgets a Task. The server is asked no more: the agent has it no longer. @param {Task} task */
    async #gone(task) {
      if (this.known.get(task.taskSid)) await this.#closed(task);
      this.known.delete(task.taskSid);
      this.room.close(task.taskSid);
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
          if (this.known.get(task.taskSid)) setAt(anchor.current?.firstElementChild?.getBoundingClientRect() ?? null);
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
      // Below the icon, or above it where there is no room below.
      react.useLayoutEffect(() => {
        if (!ref.current) return;
        const { offsetWidth: width, offsetHeight: height, style } = ref.current;
        style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
        style.top = `${at.bottom + height + 12 <= innerHeight ? at.bottom + 4 : Math.max(8, at.top - height - 4)}px`;
      }, [at]);
      react.useEffect(() => {
        const before = document.activeElement;
        ref.current?.querySelector('button')?.focus();
        const away = (/** @type {Event} */ e) => {
          if (!ref.current?.contains(/** @type {Node} */ (e.target))) close();
        };
        document.addEventListener('pointerdown', away, true);
        window.addEventListener('blur', close); // a click into the iframe
        window.addEventListener('resize', close);
        return () => {
          document.removeEventListener('pointerdown', away, true);
          window.removeEventListener('blur', close);
          window.removeEventListener('resize', close);
          // Unless the focus has gone elsewhere meanwhile.
          if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
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
      return h('div', { className: 'escalate-menu', role: 'menu', 'aria-label': this.say('EscalateVideoMenu'), ref, onKeyDown: keys },
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
        const open = task?.status === 'accepted';
        react.useEffect(() => {
          if (sid && open && !this.known.has(sid)) ask();
        }, [sid, open]);
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
        if (!open) return card(this.say('EscalateVideoClosed'));
        if (trouble) return card(trouble, this.say('EscalateVideoRetry'), ask);
        if (live === undefined) return card(this.say('EscalateVideoLoading'));
        if (supervisor) return card(this.say('EscalateVideoNoneSupervisor'), this.say('EscalateVideoLook'), ask);
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
