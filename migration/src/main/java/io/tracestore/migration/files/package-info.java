/** How this module writes files and holds them against other runs. */
@NullMarked
package io.tracestore.migration.files;

import org.jspecify.annotations.NullMarked;
