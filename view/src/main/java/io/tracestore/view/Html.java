package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.bdi;
import static j2html.TagCreator.dd;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.span;
import static j2html.TagCreator.td;
import static j2html.TagCreator.time;

import io.tracestore.model.ExecutionStatus;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import j2html.tags.specialized.BdiTag;
import j2html.tags.specialized.TdTag;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Parts that all pages are made of. Every text goes through {@link #value} or the library, which
 * escapes it; nothing here is put together from markup.
 */
final class Html {
  /** A name or an error in a line; the details have more of it. */
  static final int LINE = 200;

  private static final int MAX_LINKED = 1000;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

  private Html() {}

  /** A text from a trace: it cannot reorder or steer what stands around it. */
  static BdiTag value(String text) {
    return bdi(Shown.harmless(Shown.clip(text, LINE)));
  }

  /** A value, or a sign that it is empty. */
  static DomContent valueOrEmpty(String text) {
    return text.isEmpty() ? span("(empty)").withClass("dim") : value(text);
  }

  /** A name and its value in a list of definitions. */
  static DomContent fact(String name, DomContent value) {
    return each(dt(name), dd(value));
  }

  static DomContent fact(String name, String value) {
    return fact(name, value(value));
  }

  /** A cell with a number; on a narrow screen the column's name stands before it. */
  static TdTag cell(String column, DomContent number) {
    return td(number).withClass("number").attr("data-name", column);
  }

  /** A point in time, to the millisecond; the exact one is shown when it is pointed at. */
  static DomContent instant(Instant instant) {
    return time(TIME.format(instant))
        .attr("datetime", instant.toString())
        .withTitle(instant.toString());
  }

  /** The status as a word, with a sign and a colour. */
  static DomContent status(ExecutionStatus.Kind status) {
    String sign =
        switch (status) {
          case COMPLETED -> "✓";
          case FAILED -> "✗";
          case RUNNING -> "●";
          case PENDING -> "○";
          case CANCELLED -> "⊘";
        };
    return span(span(sign).attr("aria-hidden", "true"), span(" " + status.wireName()))
        .withClass("status " + status.name().toLowerCase(Locale.ROOT));
  }

  static ContainerTag<?> svg(String name, double width, double height) {
    return shape(name)
        .attr("viewBox", "0 0 %s %s".formatted(number(width), number(height)))
        .attr("xmlns", "http://www.w3.org/2000/svg");
  }

  /** An element of SVG. */
  static ContainerTag<?> shape(String name) {
    return j2html.TagCreator.tag(name);
  }

  /** A number in an attribute: at most one digit after the point. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** A value in the query or the path of an address. */
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * A link to a part of the site, for one flow. A name that no address can carry is shown without
   * the link.
   *
   * @param address what the encoded name is appended to
   */
  static ContainerTag<?> flowLink(String flow, String address, DomContent label) {
    return flow.length() > MAX_LINKED ? span(label) : a(label).withHref(address + encode(flow));
  }

  /** One of eight colours that an actor has on every page. */
  static String colour(String actorId) {
    return "c" + Math.floorMod(actorId.hashCode() * 31 + actorId.length(), 8);
  }
}
