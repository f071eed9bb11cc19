/** What the starters for all versions of Spring Boot share. */
@NullMarked
package io.tracestore.spring;

import org.jspecify.annotations.NullMarked;
