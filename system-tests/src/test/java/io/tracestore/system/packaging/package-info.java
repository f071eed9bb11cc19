/** Applications in JVMs of their own: on the class path, on the module path, in one jar. */
@NullMarked
package io.tracestore.system.packaging;

import org.jspecify.annotations.NullMarked;
