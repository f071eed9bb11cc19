package io.tracestore.view;

import static j2html.TagCreator.a;
import static j2html.TagCreator.attrs;
import static j2html.TagCreator.body;
import static j2html.TagCreator.each;
import static j2html.TagCreator.head;
import static j2html.TagCreator.header;
import static j2html.TagCreator.html;
import static j2html.TagCreator.link;
import static j2html.TagCreator.main;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.script;
import static j2html.TagCreator.span;
import static j2html.TagCreator.style;
import static j2html.TagCreator.title;

import j2html.rendering.FlatHtml;
import j2html.tags.DomContent;
import j2html.tags.specialized.HtmlTag;
import j2html.tags.specialized.MetaTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Frame around the content of every page. */
final class Frame {
  static final String DOCTYPE = "<!doctype html>\n";

  /** The parts of the site, as the navigation names them. */
  enum Part {
    TRACES("Traces", "/"),
    FLOWS("Flows", "/flows"),
    ACTORS("Actors", "/actors");

    private final String label;
    private final String path;

    Part(String label, String path) {
      this.label = label;
      this.path = path;
    }
  }

  private Frame() {}

  /** Attributes of a page of that kind, which the script follows. */
  static Map<String, String> live(String kind) {
    return Map.of("data-live", kind);
  }

  /**
   * A page of the server.
   *
   * @param part the part that it belongs to
   * @param live what the script follows, as attributes of the content; empty for a page that does
   *     not change
   */
  static String served(String title, Part part, Map<String, String> live, DomContent... content) {
    HtmlTag page =
        html(
            head()
                .with(metas())
                .with(
                    title(Shown.harmless(Shown.clip(title, Html.LINE)) + " · Tracestore"),
                    link().withRel("icon").withHref(Assets.ICON_PATH),
                    link().withRel("stylesheet").withHref(Assets.CSS_PATH),
                    script().withSrc(Assets.SCRIPT_PATH).attr("defer")),
            body(
                a("Skip to the content").withHref("#content").withClass("skip"),
                header(
                        a("Tracestore").withHref("/").withClass("brand"),
                        nav(each(List.of(Part.values()), each -> navLink(each, part)))
                            .attr("aria-label", "Parts"))
                    .withClass("top"),
                content(live, content)));
    return DOCTYPE + page.withLang("en").render();
  }

  private static DomContent navLink(Part each, Part current) {
    var link = a(each.label).withHref(each.path);
    return each == current ? link.attr("aria-current", "page") : link;
  }

  private static DomContent content(Map<String, String> live, DomContent... content) {
    var main = main(attrs("#content"), content).attr("tabindex", "-1");
    live.forEach(main::attr);
    return main;
  }

  private static MetaTag[] metas() {
    return new MetaTag[] {
      meta().withCharset("utf-8"),
      meta().withName("viewport").withContent("width=device-width, initial-scale=1"),
      meta().withName("color-scheme").withContent("light dark"),
      meta().withName("referrer").withContent("no-referrer"),
    };
  }

  /** Writes a page that needs nothing but itself, and may load and run nothing. */
  static void file(Appendable out, String title, DomContent... content) {
    HtmlTag page =
        html(
            head()
                .with(metas())
                .with(
                    meta()
                        .attr("http-equiv", "Content-Security-Policy")
                        .withContent(Assets.FILE_POLICY),
                    title(Shown.harmless(Shown.clip(title, Html.LINE)) + " · Tracestore"),
                    link().withRel("icon").withHref(Assets.ICON_DATA),
                    style(rawHtml(Assets.CSS))),
            body(
                a("Skip to the content").withHref("#content").withClass("skip"),
                header(span("Tracestore").withClass("brand")).withClass("top"),
                content(Map.of(), content)));
    try {
      out.append(DOCTYPE);
      page.withLang("en").render(FlatHtml.into(out));
      out.append('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
