/**
 * The map and its file: options, sizes, the lock that keeps other processes out, and what the file
 * says about itself. Knows no event.
 */
@NullMarked
package io.tracestore.provider.chronicle.connect;

import org.jspecify.annotations.NullMarked;
