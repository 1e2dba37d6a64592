// A chat's Messages in their order, each of them once, however they come.

// thread draws the Messages of a page of history, and returns what draws later ones.
// Those that come while the history is being fetched may be in it as well. Where one
// cannot be drawn whole, failed is told, and the next are drawn all the same.
export function thread(history, draw, failed) {
  let last = -1;
  const add = async (m) => {
    if (m.index <= last) return;
    last = m.index;
    await draw(m).catch(failed);
  };
  let drawn = history.then(
    async ({ items }) => {
      for (const m of items) await add(m);
    },
    () => {}, // whoever asked for the history hears of it
  );
  return (m) => (drawn = drawn.then(() => add(m)));
}
