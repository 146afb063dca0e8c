"""The icons, drawn on a 16 by 16 grid with a stroke in the colour of the text."""

PATHS = {
    "alone": '<path d="M8 1.8 15 14H1z"/><path d="M8 6.2v3.6M8 12v.01"/>',
    "current": '<circle cx="8" cy="8" r="6.2"/><path d="m5.2 8.2 2 2 3.6-4.2"/>',
    "replaced": '<path d="M2.5 6h9.2L9 3.3M13.5 10H4.3L7 12.7"/>',
    "withdrawn": '<circle cx="8" cy="8" r="6.2"/><path d="m3.7 12.3 8.6-8.6"/>',
    "failed": '<circle cx="8" cy="8" r="6.2"/><path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6"/>',
    "waiting": '<circle cx="8" cy="8" r="6.2"/><path d="M8 4.5V8l2.4 1.6"/>',
    "unknown": '<circle cx="8" cy="8" r="6.2"/><path d="M6.2 6.2a1.9 1.9 0 1 1 2.5 1.9c-.5.2-.7.5'
    '-.7 1M8 11.4v.01"/>',
    "in": '<path d="M2 8.5 6 12.5 14 4"/>',
    "out": '<path d="M3 8h10"/>',
    "note": '<circle cx="8" cy="8" r="6.2"/><path d="M8 7.4v3.6M8 5v.01"/>',
    "next": '<path d="M3 8h10M9 4l4 4-4 4"/>',
    "search": '<circle cx="7" cy="7" r="4.6"/><path d="m10.5 10.5 3.7 3.7"/>',
    "upload": '<path d="M8 11V2.5M4.5 6 8 2.5 11.5 6M2.5 13.5h11"/>',
    "download": '<path d="M8 2.5V11m3.5-3.5L8 11 4.5 7.5M2.5 13.5h11"/>',
    "retry": '<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.8v3h-3"/>',
    "remove": '<path d="m4 4 8 8m0-8-8 8"/>',
    "theme": '<circle cx="8" cy="8" r="6.2"/><path d="M8 1.8v12.4a6.2 6.2 0 0 0 0-12.4z"'
    ' fill="currentColor"/>',
    "key": '<circle cx="5" cy="11" r="3.2"/><path d="m7.3 8.7 6-6M11 5l2 2"/>',
    "imported": '<path d="M2.5 3v10h11V3M8 2v7.5M5 6.7l3 2.8 3-2.8"/>',
}
