/**
 * Further attempts after a failure that may pass. Belongs here: how long and how often. Does not
 * belong here: which failures are worth another attempt; the engine's provider knows that.
 */
@NullMarked
package io.tracestore.provider.support.retry;

import org.jspecify.annotations.NullMarked;
