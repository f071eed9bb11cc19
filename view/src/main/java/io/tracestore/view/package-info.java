/**
 * Traces for people: the tree of what happened, texts and numbers as they are shown, HTML pages.
 */
@NullMarked
package io.tracestore.view;

import org.jspecify.annotations.NullMarked;
