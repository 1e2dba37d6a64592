// Element ids of the demo pages. Browser tests find things by these; they are
// part of the pages' contract, so change them only together with the tests.
//
// Besides them: every Task in the list is a button with the id taskId(sid), and
// every message is an <article data-author data-index> where data-author is "agent",
// "customer" or "system" and data-index is the Message's index in its Conversation.

export const ID = Object.freeze({
  // the desk
  worker: 'worker', //                     the agent's name in the top bar
  connection: 'connection', //             words about the connection; empty when all is well
  taskList: 'task-list',
  taskHeader: 'task-header', //            data-task is the selected Task's SID
  customerName: 'customer-name',
  taskStatus: 'task-status',
  backToTasks: 'back-to-tasks', //         narrow screens only
  videoButton: 'video-button',
  videoMenu: 'video-menu', //              offered when a session is running already
  resendLink: 'resend-link',
  openRoom: 'open-room',
  wrapUp: 'wrapup-button',
  complete: 'complete-button',
  tabChat: 'tab-chat',
  tabVideo: 'tab-video',
  panelChat: 'panel-chat',
  panelVideo: 'panel-video',
  notice: 'notice', //                     role=alert
  noticeText: 'notice-text',
  leaveAndClose: 'leave-and-close', //     the way out, in the notice that refuses wrap-up
  announce: 'announce', //                 polite live region, for screen readers
  canvas: 'canvas',
  emptyCanvas: 'empty-canvas',
  agentMessages: 'agent-messages',
  agentForm: 'agent-form',
  agentInput: 'agent-input',
  agentSend: 'agent-send',
  agentAttach: 'agent-attach', //          the button; agentPicker is the browser's own control behind it
  agentPicker: 'agent-picker',
  agentPicked: 'agent-picked', //          the files that go with the next click on Send
  roomPlaceholder: 'room-placeholder',
  roomHost: 'room-host', //                data-place is "hidden", "docked" or "floating"; data-phase the call's
  roomFrame: 'room-frame', //              the iframe
  roomTitle: 'room-title',
  backToCall: 'back-to-call',
  customerFacts: 'customer-facts',
  customerSide: 'customer-side', //        link to the customer's page of the selected Task

  // the customer's chat
  chat: 'chat',
  chatMessages: 'chat-messages',
  chatForm: 'chat-form',
  chatInput: 'chat-input',
  chatSend: 'chat-send',
  chatAttach: 'chat-attach',
  chatPicker: 'chat-picker',
  chatPicked: 'chat-picked',
  chatNotice: 'chat-notice',
  chatAgent: 'chat-agent',
  newChat: 'new-chat',
});

/**
 * The id of a Task's entry in the list.
 * @param {string} sid
 */
export const taskId = (sid) => `task-${sid}`;
