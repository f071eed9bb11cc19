/** What stands between a store and its server in tests of faults. */
@NullMarked
package io.tracestore.compat.net;

import org.jspecify.annotations.NullMarked;
