/** Proxies between a store and its server in tests of faults, and their containers. */
@NullMarked
package io.tracestore.compat.net;

import org.jspecify.annotations.NullMarked;
