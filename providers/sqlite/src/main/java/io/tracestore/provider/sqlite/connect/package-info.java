/**
 * Connections to a database file, the settings they get, and the errors of the driver. Does not
 * belong here: what is read or written through them.
 */
@NullMarked
package io.tracestore.provider.sqlite.connect;

import org.jspecify.annotations.NullMarked;
