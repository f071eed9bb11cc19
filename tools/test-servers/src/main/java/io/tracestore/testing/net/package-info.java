/**
 * Proxies between a store and its server, certificates, and the tests of requests that a proxy
 * holds back.
 */
@NullMarked
package io.tracestore.testing.net;

import org.jspecify.annotations.NullMarked;
