@NullMarked
package io.tracestore.spring.boot3;

import org.jspecify.annotations.NullMarked;
