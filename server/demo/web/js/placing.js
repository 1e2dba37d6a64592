// Where the Video Room's iframe belongs at this moment, and what stands in its
// place when it belongs elsewhere.

import { ID } from './ids.js';
import { byId, h } from './dom.js';
import { isLive } from './product.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('./types.js').Escalation} Escalation */

/**
 * Docks the room in the selected Task's tab, lets it float while a call runs
 * and the agent looks elsewhere, or hides it.
 * @param {import('./room.js').Room} room
 * @param {{tasks: Map<string, Task>, selected: string, tab: string, escalations: Map<string, Escalation>}} state
 * @param {{select: (taskSid: string) => void, start: () => void}} on
 */
export function placeRoom(room, state, on) {
  const task = state.tasks.get(state.selected);
  const looking = Boolean(task) && state.tab === 'video';
  const live = task ? state.escalations.get(task.taskSid) : undefined;
  if (looking && task && live && isLive(live)) room.open(task.taskSid, live.code);

  const here = looking && room.shown?.taskSid === task?.taskSid;
  room.place(here ? 'docked' : room.running ? 'floating' : 'hidden');

  const other = room.shown ? state.tasks.get(room.shown.taskSid)?.customer ?? 'another customer' : '';
  byId(ID.roomTitle).textContent = room.running ? `With ${other}` : '';
  byId(ID.tabVideo).classList.toggle('live', Boolean(task) && room.runningFor(task?.taskSid ?? ''));
  if (!here) byId(ID.roomPlaceholder).replaceChildren(...placeholder(room, task, other, on));
}

/**
 * @param {import('./room.js').Room} room
 * @param {Task | undefined} task
 * @param {string} other
 * @param {{select: (taskSid: string) => void, start: () => void}} on
 */
function placeholder(room, task, other, on) {
  if (room.running) {
    return [
      h('p', { class: 'lead' }, `You are in a video call with ${other}.`),
      h('p', {}, 'One call at a time: leave that one before you start another.'),
      h('button', { type: 'button', class: 'button', onclick: () => on.select(room.shown?.taskSid ?? '') }, 'Back to call'),
    ];
  }
  if (task?.status !== 'assigned') return [h('p', { class: 'lead' }, 'The video session is over.')];
  return [
    h('p', { class: 'lead' }, 'No video session yet.'),
    h('p', {}, `${task.customer} gets a link in the chat; the room opens here.`),
    h('button', { type: 'button', class: 'button primary', onclick: on.start }, 'Start video'),
  ];
}
