/**
 * Beans, properties and failure analysis, shared by the starters for all versions of Spring Boot.
 */
@NullMarked
package io.tracestore.spring;

import org.jspecify.annotations.NullMarked;
