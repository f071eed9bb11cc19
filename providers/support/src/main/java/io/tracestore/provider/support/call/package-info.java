/**
 * The life of a call: {@link io.tracestore.provider.support.call.CallGuard} keeps a close from
 * pulling the engine from under a running call. Belongs here: the beginning and the end of a call.
 * Does not belong here: the work of the call.
 */
@NullMarked
package io.tracestore.provider.support.call;

import org.jspecify.annotations.NullMarked;
