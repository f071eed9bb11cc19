/** Files of this module: it writes them as a whole and locks them against other runs. */
@NullMarked
package io.tracestore.migration.files;

import org.jspecify.annotations.NullMarked;
