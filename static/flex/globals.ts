// What Flex's page puts on window for its plugins.
import type * as FlexUI from '@twilio/flex-ui';
import type * as ReactModule from 'react';
import type * as ReactDOMModule from 'react-dom';

declare global {
  interface Window {
    React: typeof ReactModule;
    ReactDOM: typeof ReactDOMModule;
    /** FlexProxy holds, by a plugin's name, what newer releases give it instead of Flex. */
    Twilio: { Flex: typeof FlexUI; FlexProxy?: Record<string, typeof FlexUI> };
  }
}

// Where Flex's types are not found all of it is "any", and nothing would be checked.
// @ts-expect-error: there is no such name
export type Checked = typeof FlexUI.thereIsNoSuchName;
