"""Widgets that show a field of the address."""


def test_a_required_widget_that_the_browser_leaves_empty_keeps_its_field(demo):
    page = demo("inspect/examples", budget="20", list="chosen")
    shown = page.segmented_control(key="widget list")
    assert shown.value == "chosen"
    shown.set_value(None).run()
    assert not page.exception
    assert page.segmented_control(key="widget list").value == "chosen"
