/** Code that the importers of JSON formats share. */
@NullMarked
package io.tracestore.migration.json;

import org.jspecify.annotations.NullMarked;
