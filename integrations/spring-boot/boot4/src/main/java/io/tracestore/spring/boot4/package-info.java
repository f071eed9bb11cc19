/** The classes that differ in Spring Boot 4, such as those of health. */
@NullMarked
package io.tracestore.spring.boot4;

import org.jspecify.annotations.NullMarked;
