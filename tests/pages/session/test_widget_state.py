"""Widgets that show a field of the address."""


def test_a_required_widget_that_the_browser_leaves_empty_keeps_its_field(demo):
    page = demo("inspect/examples", budget="20", list="chosen")
    shown = page.segmented_control(key="widget list")
    assert shown.value == "chosen"
    shown.set_value(None).run()
    assert not page.exception
    assert page.segmented_control(key="widget list").value == "chosen"


def test_a_picked_widget_that_the_browser_leaves_empty_keeps_what_a_link_asks_for(demo):
    page = demo("overview/overview", budget="20", compose_by="length")
    shown = page.segmented_control(key="widget compose_by")
    assert shown.value == "length" != shown.options[0]
    shown.set_value(None).run()
    assert not page.exception
    assert page.segmented_control(key="widget compose_by").value == "length"


def test_a_text_box_has_the_value_of_its_field_however_late_a_browser_draws_it(demo):
    page = demo("deliver/audit", budget="20", reviewer="Anna")
    for _ in range(2):  # the second run sets no value: what stands there is all a browser gets
        assert page.text_input(key="widget reviewer").proto.default == "Anna"
        page.run()
    page.text_input(key="widget reviewer").set_value("").run()
    assert page.text_input(key="widget reviewer").value == ""
    assert not page.warning
