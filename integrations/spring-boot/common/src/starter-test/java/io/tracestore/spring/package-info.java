/** Tests that run in every starter, each with its version of Spring Boot. */
@NullMarked
package io.tracestore.spring;

import org.jspecify.annotations.NullMarked;
