// What the bundle consists of, and the globals under which Flex's own page gives
// it to plugins.
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import * as Redux from 'redux';
import * as ReactRedux from 'react-redux';
import * as Flex from '@twilio/flex-ui';

Object.assign(window, { React, ReactDOM, Redux, ReactRedux, Twilio: { ...window.Twilio, Flex } });
